#include "sse_conform.hpp"

#include "cuts.hpp"

#include <cohedge/wire/sse.hpp>

#include <simdjson.h>

#include <array>
#include <istream>
#include <optional>

namespace cohedge::tests {

namespace {

struct event {
  std::string type, data, id;
  bool operator==(const event&) const = default;
};

struct sse_case {
  std::string name;
  std::string input;
  std::vector<event> events;
  std::optional<std::uint64_t> retry;
  std::vector<std::size_t> sizes;
};

// Where an LLM client must see what a browser ignores: the case's name, why, and the event that comes at the end.
struct difference {
  std::string_view name, why;
  std::string_view type, data;
};
constexpr std::array<difference, 1> on_purpose{{
    {"rec llama.cpp error: field line",
     "WHATWG ignores the unknown field `error`; it is the only trace of a failed answer, so it becomes an event",
     "error", R"({"code":500,"message":"x"})"},
}};

std::string text_of(simdjson::dom::element object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return std::string{text};
}

std::optional<sse_case> read_case(simdjson::dom::element row) {
  sse_case out;
  out.name = text_of(row, "name");
  std::string_view base64;
  if (out.name.empty() || row["input_base64"].get(base64) != simdjson::SUCCESS) return std::nullopt;
  out.input = from_base64(base64);
  simdjson::dom::array list;
  if (row["expected_events"].get(list) != simdjson::SUCCESS) return std::nullopt;
  for (simdjson::dom::element item : list) {
    out.events.push_back({text_of(item, "event"), text_of(item, "data"), text_of(item, "id")});
  }
  std::uint64_t number = 0;
  if (row["retry"].get(number) == simdjson::SUCCESS) out.retry = number;
  if (row["chunk_sizes"].get(list) == simdjson::SUCCESS) {
    for (simdjson::dom::element size : list) {
      if (size.get(number) == simdjson::SUCCESS) out.sizes.push_back(static_cast<std::size_t>(number));
    }
  }
  return out;
}

std::string check(const sse_case& expected, const cutting& cut) {
  wire::sse_parser parser;
  std::vector<event> got;
  std::string fault;
  feed(expected.input, cut, [&](std::string_view piece) {
    for (;;) {
      wire::sse_event out;
      const auto more = parser.next(piece, out);
      if (more.has_error()) fault = more.error().message();
      if (more.has_error() || !more.value()) return fault.empty();
      got.push_back(
          {out.type.empty() ? "message" : std::string{out.type}, std::string{out.data}, std::string{out.last_id}});
    }
  });
  if (!fault.empty()) return fault;
  if (got.size() != expected.events.size()) {
    return std::to_string(got.size()) + " events instead of " + std::to_string(expected.events.size());
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] == expected.events[i]) continue;
    return "event " + std::to_string(i) + " is [" + got[i].type + "][" + got[i].data.substr(0, 80) + "][" + got[i].id +
           "]";
  }
  if (parser.retry() != expected.retry) return "retry differs";
  return {};
}

}  // namespace

conform_result conform_sse(std::istream& jsonl) {
  conform_result out;
  simdjson::dom::parser json;
  std::uint64_t seed = 0;
  for (std::string line; std::getline(jsonl, line);) {
    if (line.empty()) continue;
    simdjson::dom::element row;
    std::optional<sse_case> one;
    if (json.parse(line).get(row) == simdjson::SUCCESS) one = read_case(row);
    if (!one) {
      ++out.skipped;
      continue;
    }
    std::string_view on_purpose_here;
    for (const difference& known : on_purpose) {
      if (known.name != one->name) continue;
      on_purpose_here = known.why;
      one->events.push_back({std::string{known.type}, std::string{known.data}, ""});
    }
    std::string fault;
    for (const cutting& cut : cuttings(one->sizes, ++seed)) {
      if (fault.empty()) fault = check(*one, cut);
      if (!fault.empty()) {
        fault.append(" (").append(cut.name).append(")");
        break;
      }
    }
    if (!fault.empty())
      out.failures.push_back(one->name + ": " + fault);
    else if (!on_purpose_here.empty())
      out.differences.push_back(one->name + ": " + std::string{on_purpose_here});
    else
      ++out.passed;
  }
  return out;
}

}  // namespace cohedge::tests
