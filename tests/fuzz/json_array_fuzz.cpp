// A JSON array written piece by piece. The oracle: however the bytes are cut, the same elements come out, and the
// stream is refused in every way of cutting or in none; and where the whole text is JSON, the splitter agrees with
// simdjson about its elements.

#include "target.hpp"

#include "conform/cuts.hpp"

#include <cohedge/wire/json_array.hpp>

#include <simdjson.h>

#include <string>
#include <vector>

namespace cohedge::fuzz {
namespace {

struct outcome {
  std::vector<std::string> elements;
  std::string tail;
  bool refused = false, complete = false;
  bool operator==(const outcome&) const = default;
};

outcome split(std::string_view bytes, const tests::cutting& cut, std::size_t limit) {
  limits bounds;
  bounds.sse_event = limit;
  wire::json_array_splitter splitter{bounds};
  outcome out;
  std::string_view element;
  tests::feed(bytes, cut, [&](std::string_view piece) {
    auto more = splitter.next(piece, element);
    for (; more.has_value() && more.value(); more = splitter.next(piece, element)) {
      require(!element.empty() && element.size() <= limit);
      out.elements.emplace_back(element);
    }
    out.refused = more.has_error();
    require(out.refused || piece.empty());
    return !out.refused;
  });
  if (!out.refused) out.tail = splitter.tail();
  out.complete = splitter.complete();
  return out;
}

void compare_with_parser(std::string_view bytes) {
  thread_local simdjson::dom::parser whole_parser, element_parser;
  simdjson::dom::element document;
  simdjson::dom::array array;
  if (whole_parser.parse(simdjson::padded_string{bytes}).get(document) != simdjson::SUCCESS) return;
  if (document.get(array) != simdjson::SUCCESS) return;
  const auto got = split(bytes, {"", {5}}, bytes.size() + 1);
  require(!got.refused && got.complete && got.tail.empty() && got.elements.size() == array.size());
  auto next = got.elements.begin();
  for (const auto expected : array) {
    simdjson::dom::element found;
    require(element_parser.parse(simdjson::padded_string{*next++}).get(found) == simdjson::SUCCESS);
    require(simdjson::to_string(found) == simdjson::to_string(expected));
  }
}

void run(std::string_view bytes) {
  const auto whole = split(bytes, {}, 200);
  for (std::size_t size : {1U, 3U, 17U}) require(split(bytes, {"", {size}}, 200) == whole);
  compare_with_parser(bytes);
}

const registered here{"json_array", &run};

}  // namespace
}  // namespace cohedge::fuzz
