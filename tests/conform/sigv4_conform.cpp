#include "sigv4_conform.hpp"

#include <cohedge/wire/sigv4.hpp>

#include <simdjson.h>

#include <ctime>
#include <iomanip>
#include <istream>
#include <optional>
#include <sstream>

namespace cohedge::tests {

namespace {

struct sigv4_case {
  std::string name;
  std::string request;  // as the suite writes it: LF, folded lines
  wire::aws_credentials who;
  std::string region, service;
  std::int64_t at = 0;
  bool normalize = true, sign_body = false, omit_token = false;
  std::string canonical, to_sign, signature, signed_request;
};

std::string text_of(simdjson::dom::element object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return std::string{text};
}

bool flag_of(simdjson::dom::element object, std::string_view key, bool otherwise) {
  bool flag = otherwise;
  return object[key].get(flag) == simdjson::SUCCESS ? flag : otherwise;
}

std::optional<sigv4_case> read_case(simdjson::dom::element row) {
  simdjson::dom::element context, who;
  if (row["context"].get(context) != simdjson::SUCCESS) return std::nullopt;
  if (context["credentials"].get(who) != simdjson::SUCCESS) return std::nullopt;
  sigv4_case out;
  out.name = text_of(row, "name");
  out.request = text_of(row, "request");
  out.who = {secret{text_of(who, "access_key_id")}, secret{text_of(who, "secret_access_key")},
             secret{text_of(who, "token")}};
  out.region = text_of(context, "region");
  out.service = text_of(context, "service");
  out.normalize = flag_of(context, "normalize", true);
  out.sign_body = flag_of(context, "sign_body", false);
  out.omit_token = flag_of(context, "omit_session_token", false);
  std::tm date{};
  std::istringstream timestamp{text_of(context, "timestamp")};
  timestamp >> std::get_time(&date, "%Y-%m-%dT%H:%M:%SZ");
  out.at = timegm(&date);
  out.canonical = text_of(row, "header_canonical_request");
  out.to_sign = text_of(row, "header_string_to_sign");
  out.signature = text_of(row, "header_signature");
  out.signed_request = text_of(row, "header_signed_request");
  if (timestamp.fail() || out.request.empty() || out.canonical.empty()) return std::nullopt;
  return out;
}

struct message {
  std::string_view method, target, body;
  std::vector<wire::header> headers;
};

message parse(std::string_view text) {
  message out;
  const auto head_size = text.find("\n\n");
  if (head_size != std::string_view::npos) out.body = text.substr(head_size + 2);
  text = text.substr(0, head_size);
  const auto line_end = text.find('\n');
  const auto first = text.substr(0, line_end);
  const auto space = first.find(' '), version = first.rfind(" HTTP/");  // the target may have spaces of its own
  out.method = first.substr(0, space);
  out.target = first.substr(space + 1, version - space - 1);
  while (line_end != std::string_view::npos && text.find('\n') != std::string_view::npos) {
    text.remove_prefix(text.find('\n') + 1);
    auto end = text.find('\n');
    while (end != std::string_view::npos && end + 1 < text.size() && text[end + 1] == ' ')
      end = text.find('\n', end + 1);
    const auto line = text.substr(0, end);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) out.headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
    text = text.substr(std::min(line.size(), text.size()));
  }
  return out;
}

std::string check(const sigv4_case& expected) {
  const auto request = parse(expected.request);
  const wire::sigv4_request what{request.method, request.target, request.headers, request.body};
  wire::sigv4_signer signer{expected.who, expected.region, expected.service};
  signer.normalize_path(expected.normalize).send_body_hash(expected.sign_body).sign_token(!expected.omit_token);
  const auto steps = signer.steps(what, expected.at);
  if (!steps) return steps.error().message();
  if (steps->canonical_request != expected.canonical) return "canonical request is\n" + steps->canonical_request;
  if (steps->string_to_sign != expected.to_sign) return "string to sign is\n" + steps->string_to_sign;
  if (steps->signature != expected.signature) return "signature is " + steps->signature;
  wire::header_block added;
  if (const auto done = signer.sign(what, expected.at, added); !done) return done.error().message();
  const auto wanted = parse(expected.signed_request);
  if (wanted.headers.size() != request.headers.size() + added.size())
    return std::to_string(added.size()) + " fields added";
  for (const auto field : added) {
    bool found = false;
    for (const auto& each : wanted.headers)
      found = found || (wire::equals_ignore_case(each.name, field.name) && each.value == field.value);
    if (!found) return "not in the signed request: " + std::string{field.name} + ": " + std::string{field.value};
  }
  return {};
}

}  // namespace

conform_result conform_sigv4(std::istream& jsonl) {
  conform_result out;
  simdjson::dom::parser json;
  for (std::string line; std::getline(jsonl, line);) {
    if (line.empty()) continue;
    simdjson::dom::element row;
    std::optional<sigv4_case> one;
    if (json.parse(line).get(row) == simdjson::SUCCESS) one = read_case(row);
    if (!one) {
      ++out.skipped;
      continue;
    }
    const auto fault = check(*one);
    if (fault.empty())
      ++out.passed;
    else
      out.failures.push_back(one->name + ": " + fault);
  }
  return out;
}

}  // namespace cohedge::tests
