// The framings of the recordings, taken apart by hand.

#include "replay/reading.hpp"

#include "conform/cuts.hpp"

#include <algorithm>

namespace cohedge::tests {
namespace {

std::vector<std::string> lines_of(const std::string& body) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = std::min(body.find('\n', at), body.size());
    lines.push_back(body.substr(at, end - at));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    at = end + 1;
  }
  return lines;
}

std::vector<std::string> sse_data(const std::string& body) {
  std::vector<std::string> data;
  for (const auto& line : lines_of(body))
    if (line.starts_with("data:")) data.push_back(line.substr(5));
  return data;
}

std::vector<std::string> array_items(const std::string& body) {
  simdjson::dom::parser parser;
  std::vector<std::string> found;
  dom::element list;
  if (parser.parse(body).get(list) == simdjson::SUCCESS)
    for (const auto each : dom::items(list)) found.push_back(dom::minified(each));
  return found;
}

// ---- AWS: total length, length of the headers, a checksum; headers; payload; a checksum. All numbers big-endian.

std::size_t number(const std::string& bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value * 256 + static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

// Headers are strings (type 7) in all recordings; another type ends the search.
std::string header(const std::string& headers, std::string_view wanted) {
  for (std::size_t at = 0; at < headers.size();) {
    const auto name_size = number(headers, at, 1);
    const auto name = headers.substr(at + 1, name_size);
    at += 1 + name_size;
    if (number(headers, at, 1) != 7) return {};
    const auto size = number(headers, at + 1, 2);
    if (name == wanted) return headers.substr(at + 3, size);
    at += 3 + size;
  }
  return {};
}

std::string document_of_frame(const std::string& headers, const std::string& payload) {
  auto type = header(headers, ":event-type");
  if (type.empty()) type = header(headers, ":exception-type");
  if (type != "chunk") return "{\"" + type + "\":" + payload + "}";
  simdjson::dom::parser parser;
  dom::element chunk;
  return parser.parse(payload).get(chunk) == simdjson::SUCCESS ? from_base64(dom::text(chunk, "bytes")) : std::string{};
}

std::vector<std::string> frames(const std::string& body) {
  std::vector<std::string> found;
  constexpr std::size_t prelude = 12, checksum = 4;
  for (std::size_t at = 0; at + prelude <= body.size();) {
    const auto total = number(body, at, 4);
    const auto headers = number(body, at + 4, 4);
    if (total < prelude + headers + checksum || at + total > body.size()) break;
    found.push_back(document_of_frame(body.substr(at + prelude, headers),
                                      body.substr(at + prelude + headers, total - prelude - headers - checksum)));
    at += total;
  }
  return found;
}

}  // namespace

std::vector<std::string> documents_of(const recording& exchange) {
  if (exchange.framing == "sse") return sse_data(exchange.body);
  if (exchange.framing == "ndjson") return lines_of(exchange.body);
  if (exchange.framing == "json-array") return array_items(exchange.body);
  if (exchange.framing == "aws-eventstream") return frames(exchange.body);
  return {exchange.body};
}

}  // namespace cohedge::tests
