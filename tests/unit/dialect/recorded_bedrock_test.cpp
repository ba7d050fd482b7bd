// Bedrock's recorded answers, held against a reader that knows only the DOM and the byte layout of AWS's framing.

#include "catch.hpp"
#include "drive.hpp"
#include "replay/recording.hpp"
#include "shared.hpp"

#include <simdjson.h>

#include <map>
#include <optional>

using namespace cohedge;
using simdjson::SUCCESS;
using simdjson::dom::element;
using tests::recording;

namespace {

struct said {
  std::string text, reasoning, stop;
  std::vector<tool_call> calls;
  std::uint64_t input = 0, output = 0;
};

std::string text_of(element from, std::string_view path) {
  std::string_view text;
  return from.at_pointer(path).get(text) == SUCCESS ? std::string{text} : std::string{};
}
std::uint64_t count_of(element from, std::string_view path) {
  std::uint64_t count = 0;
  return from.at_pointer(path).get(count) == SUCCESS ? count : 0;
}

void read_usage(element from, said& into) {
  into.input = count_of(from, "/usage/inputTokens") + count_of(from, "/usage/cacheReadInputTokens") +
               count_of(from, "/usage/cacheWriteInputTokens");
  into.output = count_of(from, "/usage/outputTokens");
}

element parse(simdjson::dom::parser& parser, std::string_view json) {
  element top;
  REQUIRE(parser.parse(simdjson::padded_string{json}).get(top) == SUCCESS);
  return top;
}

said read_whole(std::string_view body) {
  simdjson::dom::parser parser;
  const element top = parse(parser, body);
  simdjson::dom::array blocks;
  REQUIRE(top.at_pointer("/output/message/content").get(blocks) == SUCCESS);
  said out;
  for (element block : blocks) {
    out.text += text_of(block, "/text");
    out.reasoning += text_of(block, "/reasoningContent/reasoningText/text");
    element input;
    if (block.at_pointer("/toolUse/input").get(input) == SUCCESS)
      out.calls.push_back(
          {text_of(block, "/toolUse/toolUseId"), text_of(block, "/toolUse/name"), simdjson::minify(input)});
  }
  out.stop = text_of(top, "/stopReason");
  read_usage(top, out);
  return out;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

said read_stream(std::string_view body) {
  simdjson::dom::parser parser;
  said out;
  while (!body.empty()) {
    const auto size = number_at(body, 0), headers = number_at(body, 4);
    const element event = parse(parser, body.substr(12 + headers, size - headers - 16));
    body.remove_prefix(size);
    out.text += text_of(event, "/delta/text");
    out.reasoning += text_of(event, "/delta/reasoningContent/text");
    element start;
    if (event.at_pointer("/start/toolUse").get(start) == SUCCESS)
      out.calls.push_back({text_of(start, "/toolUseId"), text_of(start, "/name"), ""});
    if (!out.calls.empty()) out.calls.back().arguments += text_of(event, "/delta/toolUse/input");
    out.stop += text_of(event, "/stopReason");
    if (event["usage"].error() == SUCCESS) read_usage(event, out);
  }
  return out;
}

void check(const said& want, const completion& got) {
  CHECK(got.text() == want.text);
  CHECK(got.reasoning() == want.reasoning);
  CHECK(got.tool_calls() == want.calls);
  CHECK(got.choices()[0].finish_text == want.stop);
  CHECK(got.finish() == finish_reason_from(want.stop));
  CHECK(got.usage().input == want.input);
  CHECK(got.usage().output == want.output);
}

error classify(const recording& exchange) {
  wire::header_block headers;
  for (const auto& [name, value] : exchange.headers) headers.add(name, value);
  return dialect::bedrock_converse().classify(exchange.status, headers, exchange.body);
}

}  // namespace

TEST_CASE("recorded Converse traffic comes to what an independent reader says, however it is cut",
          "[bedrock][recorded]") {
  const auto path = tests::shared("fixtures/golden.jsonl.gz");
  if (!path) {
    WARN("skipped: ../shared is absent");
    return;
  }
  std::map<std::string, int> counts;
  for (const auto& exchange : tests::load(*path)) {
    if (exchange.provider != "bedrock" || !exchange.surface.starts_with("bedrock.")) continue;
    CAPTURE(exchange.id, exchange.surface, exchange.status);
    if (exchange.status != 200) {
      ++counts["errors"];
      const auto why = classify(exchange);
      CHECK(why.status() == exchange.status);
      CHECK_FALSE(why.detail().empty());
      const bool known = why.kind() == error_class::model_gone || why.kind() == error_class::credential ||
                         why.kind() == error_class::caller_fault;
      CHECK(known);
      continue;
    }
    if (!exchange.surface.starts_with("bedrock.converse")) continue;
    const bool whole = exchange.surface == "bedrock.converse";
    ++counts[whole ? "whole" : "streams"];
    const auto want = whole ? read_whole(exchange.body) : read_stream(exchange.body);
    CHECK_FALSE(want.stop.empty());
    if (whole) {
      const auto got = tests::decode_whole(dialect::bedrock_converse(), exchange.body);
      REQUIRE(got);
      check(want, *got);
    }
    for (const auto& cut : tests::cuttings({}, 4321 + exchange.body.size())) {
      CAPTURE(cut.name);
      const auto got = tests::run_stream(dialect::bedrock_converse(), exchange.body, cut);
      CHECK_FALSE(got.failure);
      check(want, got.answer);
    }
    // Cut off before the stop reason it is no answer.
    for (std::size_t end = 1; !whole && end < exchange.body.find("messageStop"); end += 1 + exchange.body.size() / 50) {
      const auto got = tests::run_stream(dialect::bedrock_converse(), exchange.body.substr(0, end));
      CHECK(got.failure);
    }
  }
  CHECK(counts["whole"] == 5);
  CHECK(counts["streams"] == 4);
  CHECK(counts["errors"] == 8);
}
