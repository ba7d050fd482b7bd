// Recorded exchanges of Anthropic's Messages API, whoever served them, against what was read from them by hand.

#include "catch.hpp"
#include "replay/recordings.hpp"
#include "unit/dialect/drive.hpp"

#include <cohedge/core/base64.hpp>
#include <cohedge/wire/eventstream.hpp>

#include <set>

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::recording;

namespace {

struct reading {
  std::string_view id_end;
  std::size_t text_size;
  std::string_view text_end;
  std::string_view arguments;  // of all calls
  std::size_t reasoning_size;
  std::size_t signature_size;
  std::string_view finish;
  std::uint64_t input;
  std::uint64_t output;
  std::uint64_t cache_written = 0;
  std::uint64_t reasoning_tokens = 0;
};

const std::vector<reading> readings{
    {"streaming_max_tokens_truncation.yaml#0", 1887, "\n498\n499", "", 64, 20, "max_tokens", 61, 1025, 0, 25},
    {"gateway_message_delta_metadata.yaml#0", 83, "the Earth and the Sun,", "", 0, 0, "max_tokens", 32, 16},
    {"test_structured_output_resume_stream/anthropic_claude_sonnet_4_0.yaml#0", 0, "", R"({"output": 7})", 0, 0,
     "tool_use", 410, 24},
    {"strict/anthropic_claude_sonnet_4_5.yaml#0", 13, R"({"output": 7})", "", 0, 0, "end_turn", 189, 9},
    {"encodes-stopsequences-param.har#0", 10, "1\n2\n3\n4\n5\n", "", 0, 0, "stop_sequence", 24, 13},
    {"encodes-url-image.har#0", 178, "ages and writing systems.", "", 0, 0, "end_turn", 35, 33},
    {"claude-sonnet-4/thinking.yaml#0", 0, "", R"({"location":"Florence, Italy"})", 257, 576, "tool_use", 424, 110},
    {"test_image_with_no_prompt.yaml#0", 493, "white space between them.", "", 0, 0, "end_turn", 76, 104},
    {"test_prompt_with_prefill_and_stop_sequences.yaml#0", 102, "for catching fish.\"\n", "", 0, 0, "stop_sequence", 16,
     28},
    {"test_anthropic_structured_outputs_legacy.yaml#0", 133, R"( the logs!", "rating": 7})", "", 0, 0, "end_turn", 222,
     39},
    {"test_invoke_model_with_image.yaml#1", 340, "of excitement or triumph.", "", 0, 0, "end_turn", 480, 76},
    {"bedrock-anthropic-claude-opus-4-6/tool.yaml#0", 0, "", R"({"location":"Florence, Italy"})", 0, 0, "tool_use", 578,
     54},
    {"test_prompt_cache.yaml#0", 242, "Variables and data types", "", 0, 0, "max_tokens", 18135, 50, 18131},
    {"TestInvokeModelWithStreamResponse.test_invoke.yaml#0", 147, " data for you right away.",
     R"({"city": "San Francisco"}{"city": "San Francisco"})", 0, 0, "tool_use", 702, 130},
    {"bedrock-anthropic-claude-haiku-4-5/tool_streaming.yaml#0", 0, "", R"({"location": "Florence, Italy"})", 0, 0,
     "tool_use", 577, 54},
    {"test_invoke_model_with_response_stream_with_content[anthropic.claude].yaml#0", 35, "This is a test", "", 0, 0,
     "max_tokens", 14, 10},
    {"test_provider_bedrock/test_reasoning.yaml#0", 9, "1 + 1 = 2", "", 48, 300, "end_turn", 45, 38},
    {"vertex-claude-3-7-sonnet/simple.yaml#0", 35, "ajudar voc\xC3\xAA hoje?", "", 0, 0, "end_turn", 16, 16},
    {"TestGoogleCommon/vertex-claude-3-7-sonnet/tool.yaml#0", 69, " Florence, Italy for you.",
     R"({"location":"Florence,Italy"})", 0, 0, "tool_use", 394, 68},
    {"vertex-claude-3-7-sonnet/simple_object_streaming.yaml#0", 0, "",
     R"({"name": "Alice", "age": 30, "city": "Paris"})", 0, 0, "tool_use", 453, 67}};

std::vector<recording> anthropic_recordings() {
  auto all = tests::recordings();
  if (all.empty()) return all;
  std::erase_if(all, [](const recording& each) {
    const bool messages = each.surface == "anthropic.messages" && each.provider == "anthropic";
    const bool elsewhere = each.surface == "vertex.rawPredict" || each.surface.starts_with("bedrock.invoke");
    return !messages && !(elsewhere && each.url.find("anthropic") != std::string::npos);
  });
  REQUIRE(all.size() == 26);
  return all;
}

// What Bedrock's framing carries, as an event stream.
std::string events_in(std::string_view body) {
  std::string events;
  wire::eventstream_parser parser;
  wire::eventstream_message message;
  while (true) {
    const auto more = parser.next(body, message);
    REQUIRE(more);
    if (!more.value()) return events;
    const auto from = message.payload.find(R"("bytes":")") + 9;
    const auto event = from_base64(message.payload.substr(from, message.payload.find('"', from) - from));
    REQUIRE(event);
    events.append("data: ").append(*event).append("\n\n");
  }
}

void compare(const completion& got, const reading& want) {
  REQUIRE(got.choices().size() == 1);
  const auto& one = got.choices()[0];
  CHECK(one.text.size() == want.text_size);
  CHECK(one.text.ends_with(want.text_end));
  std::string arguments;
  for (const auto& call : one.tool_calls) {
    CHECK_FALSE(call.truncated);
    CHECK(call.id.starts_with("toolu_"));
    CHECK_FALSE(call.name.empty());
    arguments += call.arguments;
  }
  CHECK(arguments == want.arguments);
  CHECK(one.reasoning.size() == want.reasoning_size);
  CHECK(one.reasoning_items.size() == (want.signature_size > 0 ? 1U : 0U));
  if (want.signature_size > 0) CHECK(one.reasoning_items[0].signature.size() == want.signature_size);
  CHECK(one.finish_text == want.finish);
  CHECK(one.finish != finish_reason::other);
  CHECK(got.usage().input == want.input);
  CHECK(got.usage().output == want.output);
  CHECK(got.usage().cache_written == want.cache_written);
  CHECK(got.usage().reasoning == want.reasoning_tokens);
  CHECK(got.model().find("claude") != std::string::npos);
  CHECK(got.id().starts_with("msg_"));
}

void replay(const recording& exchange, const reading& want, std::string_view body, int& runs) {
  if (exchange.framing == "json") {
    const auto whole = tests::decode_whole(anthropic_messages(), body);
    REQUIRE(whole);
    compare(whole.value(), want);
  }
  std::vector<std::string> deltas;
  for (const auto& cut : tests::cuttings({}, 20262 + body.size())) {
    CAPTURE(cut.name);
    const auto got = tests::run_stream(anthropic_messages(), body, cut);
    REQUIRE_FALSE(got.failure);
    compare(got.answer, want);
    if (deltas.empty()) deltas = got.deltas;
    CHECK(got.deltas == deltas);
    ++runs;
  }
}

error_class kind_of(const recording& exchange) {
  wire::header_block headers;
  for (const auto& [name, value] : exchange.headers) headers.add(name, value);
  const auto why = anthropic_messages().classify(exchange.status, headers, exchange.body);
  CHECK_FALSE(why.detail().empty());
  return why.kind();
}

}  // namespace

TEST_CASE("anthropic: recorded answers come to what was read by hand, however they are cut",
          "[dialect][recorded][anthropic]") {
  const auto all = anthropic_recordings();
  if (all.empty()) return;
  std::set<std::string_view> used;
  int runs = 0, others = 0;
  for (const auto& exchange : all) {
    CAPTURE(exchange.id);
    const auto body = exchange.framing == "aws-eventstream" ? events_in(exchange.body) : exchange.body;
    const auto want =
        std::ranges::find_if(readings, [&](const reading& each) { return exchange.id.ends_with(each.id_end); });
    if (want != readings.end()) {
      used.insert(want->id_end);
      replay(exchange, *want, body, runs);
      continue;
    }
    ++others;
    if (exchange.status == 200) {
      const auto got = tests::decode_whole(anthropic_messages(), body);
      REQUIRE_FALSE(got);
      // A refusal without a word; and the API before messages, which is not ours.
      const bool before_messages = exchange.id.ends_with("test_anthropic_2_completion.yaml#0");
      CHECK(got.error().kind() == (before_messages ? error_class::pre_content : error_class::content_policy));
    } else if (exchange.status == 401) {
      CHECK(kind_of(exchange) == error_class::credential);
    } else {
      CHECK(kind_of(exchange) == (exchange.status == 404 ? error_class::model_gone : error_class::caller_fault));
    }
  }
  CHECK(used.size() == readings.size());
  CHECK(others == 6);
  WARN(used.size() << " answers, " << runs << " runs, " << others << " errors");
}

TEST_CASE("anthropic: recorded streams cut anywhere before their end are never whole",
          "[dialect][recorded][anthropic]") {
  const auto all = anthropic_recordings();
  if (all.empty()) return;
  int cuts = 0;
  for (const auto& exchange : all) {
    if (exchange.framing != "sse") continue;
    CAPTURE(exchange.id);
    const auto finish = exchange.body.find("event: message_delta");
    for (std::size_t end = 1; end < finish; end += 1 + finish / 60, ++cuts) {
      const auto got = tests::run_stream(anthropic_messages(), exchange.body.substr(0, end));
      REQUIRE(got.failure);
      CHECK(got.failure->kind() == (got.committed ? error_class::truncated : error_class::pre_content));
    }
  }
  CHECK(cuts > 300);
}

TEST_CASE("anthropic: recorded lists of models and token counts", "[dialect][recorded][anthropic]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  std::vector<std::size_t> sizes;
  std::vector<std::uint64_t> counts;
  for (const auto& exchange : all) {
    if (exchange.provider != "anthropic" || exchange.framing != "json") continue;
    CAPTURE(exchange.id);
    const auto memory = tests::padded(exchange.body);
    const std::string_view body{memory.data(), exchange.body.size()};
    const bool models = exchange.surface == "models";
    if (!models && exchange.surface != "count_tokens") continue;
    if (exchange.status != 200) {
      CHECK(kind_of(exchange) == (models ? error_class::credential : error_class::model_gone));
    } else if (models) {
      const auto list = anthropic_messages().decode_models(body);
      REQUIRE(list);
      CHECK(list.value().next_page.empty());
      for (const auto& each : list.value().models) CHECK(each.id.starts_with("claude-"));
      sizes.push_back(list.value().models.size());
    } else {
      counts.push_back(anthropic_messages().decode_count(body).value());
    }
  }
  CHECK(sizes.size() == 2);
  CHECK(std::ranges::find(sizes, 10U) != sizes.end());
  CHECK(counts == std::vector<std::uint64_t>{43, 669});
}
