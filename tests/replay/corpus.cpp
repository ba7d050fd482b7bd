#include "recording.hpp"

#include "conform/cuts.hpp"

#include <simdjson.h>
#include <zlib.h>

#include <algorithm>
#include <array>

namespace cohedge::tests {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

std::string unzip(const std::filesystem::path& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  std::array<char, 65536> block;
  for (int size = 0; (size = gzread(file, block.data(), block.size())) > 0;)
    text.append(block.data(), static_cast<std::size_t>(size));
  gzclose(file);
  return text;
}

std::string text_of(element from, const char* member) {
  std::string_view text;
  return from[member].get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

// The bodies are stored decoded, so what describes their coding and length on the wire no longer holds.
bool about_framing(const std::string& name) {
  return name == "content-encoding" || name == "content-length" || name == "transfer-encoding" || name == "connection";
}

void read_headers(element from, recording& into) {
  array pairs;
  if (from["response_headers"].get(pairs) != simdjson::SUCCESS) return;
  for (const auto pair : pairs) {
    std::string_view name, value;
    if (pair.at(0).get(name) != simdjson::SUCCESS || pair.at(1).get(value) != simdjson::SUCCESS) continue;
    if (!about_framing(lower(std::string{name}))) into.headers.emplace_back(name, value);
  }
}

// Where the recorder kept none.
void add_content_type(recording& one) {
  for (const auto& [name, value] : one.headers)
    if (lower(name) == "content-type") return;
  const auto* type = one.framing == "sse"      ? "text/event-stream"
                     : one.framing == "ndjson" ? "application/x-ndjson"
                                               : "application/json";
  one.headers.emplace_back("content-type", type);
}

recording read_line(element line) {
  recording one;
  one.id = text_of(line, "id");
  one.provider = text_of(line, "provider");
  one.surface = text_of(line, "surface");
  one.method = text_of(line, "method");
  one.url = text_of(line, "url");
  one.framing = text_of(line, "framing");
  one.terminator = text_of(line, "terminator");
  one.body = from_base64(text_of(line, "response_body_raw"));
  const auto origin = one.url.find("://");
  const auto path = one.url.find('/', origin == std::string::npos ? 0 : origin + 3);
  if (path != std::string::npos) one.target = one.url.substr(path);
  std::int64_t status = 0;
  if (line["status"].get(status) == simdjson::SUCCESS) one.status = static_cast<int>(status);
  element request;
  if (line["request_body"].get(request) == simdjson::SUCCESS && request.is_object())
    one.request_body = simdjson::minify(request);
  read_headers(line, one);
  add_content_type(one);
  array features;
  if (line["features"].get(features) == simdjson::SUCCESS)
    for (const auto feature : features) one.features.emplace_back(feature.get_string().value_unsafe());
  return one;
}

}  // namespace

bool recording::has(std::string_view feature) const { return std::ranges::find(features, feature) != features.end(); }

std::vector<recording> load(const std::filesystem::path& golden) {
  std::vector<recording> all;
  const auto text = unzip(golden);
  simdjson::dom::parser parser;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    element line;
    if (parser.parse(text.data() + at, end - at, true).get(line) == simdjson::SUCCESS) all.push_back(read_line(line));
    at = end + 1;
  }
  return all;
}

}  // namespace cohedge::tests
