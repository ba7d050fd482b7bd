#include "eventstream_conform.hpp"

#include "cuts.hpp"

#include <cohedge/wire/eventstream.hpp>

#include <simdjson.h>

#include <istream>
#include <map>
#include <optional>

namespace cohedge::tests {

namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;
using wire::eventstream_type;

struct eventstream_case {
  std::string name;
  std::string input;
  bool good = false;
  std::map<std::string, std::string> headers;  // values as texts
  std::string payload;
};

/// A value of the suite as a text: booleans, integers, strings, and bytes as {"bytes_base64": …}.
std::optional<std::string> value_of(element value) {
  bool flag = false;
  std::int64_t number = 0;
  std::string_view text;
  if (value.get(flag) == SUCCESS) return flag ? "true" : "false";
  if (value.get(number) == SUCCESS) return std::to_string(number);
  if (value.get(text) == SUCCESS) return "text " + std::string{text};
  if (value["bytes_base64"].get(text) == SUCCESS) return "bytes " + from_base64(text);
  return std::nullopt;
}

std::string value_of(const wire::eventstream_header& header) {
  switch (header.type) {
    case eventstream_type::yes: return "true";
    case eventstream_type::no: return "false";
    case eventstream_type::string: return "text " + std::string{header.text};
    case eventstream_type::bytes:
    case eventstream_type::uuid: return "bytes " + std::string{header.text};
    default: return std::to_string(header.number);
  }
}

std::optional<eventstream_case> read_case(element row) {
  eventstream_case out;
  std::string_view name, input, payload;
  if (row["name"].get(name) != SUCCESS || row["input_base64"].get(input) != SUCCESS) return std::nullopt;
  if (row["ok"].get(out.good) != SUCCESS) return std::nullopt;
  out.name = name;
  out.input = from_base64(input);
  if (!out.good) return out;
  simdjson::dom::object headers;
  if (row["payload_base64"].get(payload) != SUCCESS || row["headers"].get(headers) != SUCCESS) return std::nullopt;
  out.payload = from_base64(payload);
  for (const auto field : headers) {
    auto value = value_of(field.value);
    if (!value) return std::nullopt;
    out.headers.emplace(field.key, std::move(*value));
  }
  return out;
}

std::string check_message(const eventstream_case& expected, const wire::eventstream_message& message) {
  std::map<std::string, std::string> headers;
  for (const auto& each : message.headers) headers.emplace(each.name, value_of(each));
  if (headers != expected.headers || headers.size() != message.headers.size()) return "the headers differ";
  if (message.payload != expected.payload) return "the payload differs";
  std::string again;
  if (!wire::append_eventstream(again, message.headers, message.payload) || again != expected.input)
    return "it is not written as it was read";
  return {};
}

std::string check(const eventstream_case& expected, const cutting& cut) {
  wire::eventstream_parser parser;
  int messages = 0;
  std::string fault;
  bool refused = false;
  feed(expected.input, cut, [&](std::string_view piece) {
    for (;;) {
      wire::eventstream_message message;
      const auto more = parser.next(piece, message);
      refused = more.has_error();
      if (refused || !more.value()) return !refused;
      ++messages;
      if (fault.empty()) fault = expected.good ? check_message(expected, message) : "it is accepted";
    }
  });
  if (!fault.empty()) return fault;
  if (refused == expected.good) return refused ? "it is refused" : "it is not refused";
  if (expected.good && (messages != 1 || parser.within_message())) return "it is not one message";
  return {};
}

std::string check_all_ways(const eventstream_case& one, std::uint64_t seed) {
  auto ways = cuttings({}, seed);
  for (std::size_t at = 1; at < one.input.size(); ++at)
    ways.push_back({"cut after byte " + std::to_string(at), {at, one.input.size()}});
  for (const cutting& cut : ways)
    if (const auto fault = check(one, cut); !fault.empty()) return fault + " (" + cut.name + ")";
  return {};
}

}  // namespace

conform_result conform_eventstream(std::istream& jsonl) {
  conform_result out;
  simdjson::dom::parser json;
  std::uint64_t seed = 0;
  for (std::string line; std::getline(jsonl, line);) {
    if (line.empty()) continue;
    element row;
    std::optional<eventstream_case> one;
    if (json.parse(line).get(row) == SUCCESS) one = read_case(row);
    if (!one) {
      ++out.skipped;
      continue;
    }
    const auto fault = check_all_ways(*one, ++seed);
    if (fault.empty())
      ++out.passed;
    else
      out.failures.push_back(one->name + ": " + fault);
  }
  return out;
}

}  // namespace cohedge::tests
