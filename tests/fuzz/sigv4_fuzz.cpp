// AWS's request signatures. The oracle: signing never fails and is the same twice; the canonical request has its six
// parts and no byte that is not escaped; one byte more in what is signed gives another signature.

#include "target.hpp"

#include <cohedge/wire/sigv4.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace cohedge::fuzz {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

bool escaped(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(), [also](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view{"-._~%"}.find(c) != std::string_view::npos || also.find(c) != std::string_view::npos;
  });
}

void run(std::string_view bytes) {
  choices choose{bytes};
  const auto kind = choose.byte();
  const auto session = choose.bytes(kind & 1);
  const auto name_size = choose.below(8), value_size = choose.below(40), target_size = choose.below(200);
  const auto name = choose.bytes(name_size), value = choose.bytes(value_size);
  const std::string target{choose.bytes(target_size)};
  const auto body = choose.rest();
  const std::vector<wire::header> headers{{"Host", "example.com"}, {name, value}, {name, "again"}};

  wire::sigv4_signer signer{{secret{"AKID"}, secret{"key"}, secret{session}}, "eu-central-1", "bedrock"};
  signer.normalize_path((kind & 2) != 0).send_body_hash((kind & 4) != 0).sign_token((kind & 8) != 0);
  const wire::sigv4_request what{"POST", target, headers, body};
  const auto at = static_cast<std::int64_t>(kind) * 1'000'000'007;
  const auto steps = signer.steps(what, at);
  require(steps.has_value());
  require(steps->signature.size() == 64 && signer.steps(what, at)->signature == steps->signature);

  const auto lines = lines_of(steps->canonical_request);
  if (name.find_first_of("\n:") == std::string_view::npos) require(lines.size() >= 7);
  require(lines[0] == "POST" && (lines[1].empty() || lines[1][0] == '/' || (kind & 2) == 0));
  require(escaped(lines[1], "/") && escaped(lines[2], "=&"));
  require(lines.back() == steps->body_hash);

  const std::string longer = std::string{body} + "x";
  require(signer.steps({"POST", target, headers, longer}, at)->signature != steps->signature);
  require(signer.steps({"POST", target + "x", headers, body}, at)->signature != steps->signature);

  wire::header_block added;
  require(signer.sign(what, at, added).has_value());
  require(added.find("authorization")->ends_with(steps->signature));
}

const registered here{"sigv4", &run};

}  // namespace
}  // namespace cohedge::fuzz
