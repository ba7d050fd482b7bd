// Recorded answers of the Responses API, embeddings and lists of models. What some of them come to was read from the
// recordings by other means; the rest must be read, and however a stream is cut it must come to the same.

#include "catch.hpp"
#include "replay/recordings.hpp"
#include "unit/dialect/drive.hpp"

#include <algorithm>
#include <cmath>
#include <map>

using namespace cohedge;
using cohedge::tests::recording;

namespace {

// The recorder took a chat completion for one of these.
bool is_a_response(const recording& exchange) {
  return exchange.surface == "openai.responses" && exchange.body.find("\"choices\"") == std::string::npos;
}

std::string summary(const completion& got) {
  std::string line = std::string{to_string(got.finish())} + "|" + got.text() + "|" + got.refusal() + "|";
  for (const auto& call : got.tool_calls()) line += call.id + " " + call.name + call.arguments + ";";
  for (const auto& each : got.choices().empty() ? std::vector<reasoning_item>{} : got.choices()[0].reasoning_items)
    line += "|" + each.id + " " + std::to_string(each.text.size()) + " " + std::to_string(each.encrypted.size());
  return line + "|" + std::to_string(got.usage().input) + " " + std::to_string(got.usage().output) + "|" + got.model();
}

struct want {
  const char* id;  // a piece of it
  const char* summary;
};

const want wanted[] = {
    {"with_azure_gpt-5-nano_streams_responses", "stop|4||"},
    {"calls_tools_which_this_model_generation_rejects",
     "tool_calls|||call_TRB1jnZxAdUJcnUg2vJEBejG azure_weather{\"city\":\"Berlin\"};|57 18|gpt-5.6-luna"},
    {"azure-o4-mini/tool_streaming",
     "tool_calls|||call_iYO0n3telKobYKUdU5SVySH6 weather{\"location\":\"Florence, Italy\"};|60 219|o4-mini"},
    {"test_openai_responses_stream.yaml",
     "tool_calls|||call_kL0PCQV7M2WMoVX8V8OtYSAL get_capital{\"country\":\"France\"};|255 16|gpt-4o-2024-08-06"},
    {"test_refusal/openai_gpt_4o_responses/async_stream", "stop||I'm sorry, I can't assist with that.||54 11|gpt-4o-2024-08-06"},
    {"test_refusal/openai_gpt_4o_responses/async.yaml", "stop||I'm very sorry, but I can't assist with that.||54 13|"},
    {"openrouter_completes", "stop|Yes, this streaming response is working perfectly.|||rs_REDACTED_1 0 28|17 9|"},
    {"incomplete_max_output_tokens", "length||||rs_REDACTED_1 0 28|20 32|gpt-5.6-sol"},
    {"reasoning_session_two_tool_calls_streaming",
     "tool_calls|||call_REDACTED_1 get_weather{\"city\":\"Tokyo\"};call_REDACTED_2 get_weather{\"city\":\"Paris\"};|"
     "rs_REDACTED_1 0 28|144 61|gpt-5.4"},
    {"deepseek_responses[reasoning_effort]", "stop|391|||"},
    {"llamacpp/unmapped_surface/responses_api", "stop|ok|||18 6|"},
    {"lmstudio-tool-call.2", "tool_calls|I'll get the current weather information for San Francisco for you."},
    {"xai/streaming_tools/raw_stream_emits_required_zero_arg", "tool_calls|||call_REDACTED_1 ping{};|rs_REDACTED_1 "},
    {"preserves_thinking_signatures_between_turns", "stop|**8**|||"},
};

const char* wanted_of(const recording& exchange) {
  for (const auto& each : wanted)
    if (exchange.id.find(each.id) != std::string::npos) return each.summary;
  return nullptr;
}

}  // namespace

TEST_CASE("recorded answers of the Responses API", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  const auto& api = dialect::openai_responses();
  int answers = 0;
  int known = 0;
  for (const auto& exchange : all) {
    if (!is_a_response(exchange) || exchange.status != 200) continue;
    CAPTURE(exchange.id);
    ++answers;
    const auto first = tests::run_stream(api, exchange.body);
    const auto told = summary(first.answer);
    if (exchange.framing == "json") {
      const auto whole = tests::decode_whole(api, exchange.body);
      REQUIRE(whole);
      CHECK(summary(whole.value()) == told);
    }
    if (exchange.terminator.starts_with("response.failed")) {
      REQUIRE(first.failure);
      CHECK(first.failure->kind() == error_class::quota);
    } else {
      CHECK_FALSE(first.failure);
      CHECK(first.answer.usage().reported);
    }
    if (const auto* want = wanted_of(exchange)) {
      ++known;
      CHECK(told.substr(0, std::string_view{want}.size()) == want);
    }
    for (const auto& cut : tests::cuttings({}, 77 + exchange.body.size())) {
      CAPTURE(cut.name);
      const auto again = tests::run_stream(api, exchange.body, cut);
      CHECK(again.deltas == first.deltas);
      CHECK(again.failure.has_value() == first.failure.has_value());
    }
  }
  CHECK(answers == 37);
  CHECK(known == static_cast<int>(std::size(wanted)));
}

TEST_CASE("a recorded Responses stream cut anywhere is never taken for a whole answer", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  const auto& api = dialect::openai_responses();
  int cuts = 0;
  for (const auto& exchange : all) {
    if (!is_a_response(exchange) || exchange.framing != "sse") continue;
    CAPTURE(exchange.id);
    const auto end = std::min(exchange.body.find("\"response.completed\""), exchange.body.find("\"response.incomplete\""));
    if (end == std::string::npos) continue;
    for (std::size_t size = 1; size < end; size += 1 + end / 30) {
      ++cuts;
      const auto got = tests::run_stream(api, exchange.body.substr(0, size));
      REQUIRE(got.failure);
      CHECK(got.failure->kind() == (got.committed ? error_class::truncated : error_class::pre_content));
    }
  }
  CHECK(cuts > 300);
}

TEST_CASE("recorded embeddings", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  struct sizes {
    std::size_t vectors;
    std::size_t dimensions;
    double first;
  };
  const std::map<std::string, sizes> wanted{
      {"azure-foundry", {1, 1024, -0.009544373}}, {"azure-openai", {1, 3072, 0.015223808}}, {"copilot", {3, 1536, 0.025314331}},
      {"doubleword", {1, 32, 0.01387199}},        {"llamacpp", {1, 1024, 0.01403727}},      {"mistral", {3, 64, -0.07781982}},
      {"openai", {1, 128, -0.053229727}},          {"openrouter", {1, 256, -0.06164307}},    {"perplexity", {3, 256, -41}},
      {"venice", {1, 256, -0.10858057}},          {"voyage", {2, 512, 0.030685456}}};
  std::size_t seen = 0;
  for (const auto& exchange : all) {
    if (exchange.surface != "embeddings" || exchange.status != 200 || !wanted.contains(exchange.provider)) continue;
    CAPTURE(exchange.id);
    ++seen;
    const auto& want = wanted.at(exchange.provider);
    const auto memory = tests::padded(exchange.body);
    const auto got = dialect::openai_chat().decode_embeddings({memory.data(), exchange.body.size()});
    REQUIRE(got);
    REQUIRE(got.value().vectors.size() == want.vectors);
    for (const auto& each : got.value().vectors) CHECK(each.size() == want.dimensions);
    CHECK(std::abs(got.value().vectors[0][0] - want.first) < 1e-6);
    CHECK(got.value().usage.input > 0);
  }
  CHECK(seen == wanted.size());
}

TEST_CASE("recorded lists of models", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  struct first {
    std::size_t models;
    const char* id;
    std::uint64_t context;
  };
  const std::map<std::string, first> wanted{
      {"bedrock-mantle", {48, "google.gemma-3-4b-it", 0}}, {"cerebras", {3, "gemma-4-31b", 0}},
      {"copilot", {39, "claude-opus-4.7", 264000}},        {"deepseek", {2, "deepseek-v4-flash", 0}},
      {"groq", {15, "whisper-large-v3-turbo", 448}},       {"llamacpp", {1, "/REDACTED_PATH/Qwen3-1.7B-Q4_K_M.gguf", 4096}},
      {"mistral", {55, "mistral-medium-2505", 131072}},    {"openai", {126, "text-embedding-ada-002", 0}},
      {"perplexity", {39, "anthropic/claude-fable-5", 0}}};
  std::size_t seen = 0;
  for (const auto& exchange : all) {
    if (exchange.surface != "models" || exchange.status != 200 || !wanted.contains(exchange.provider)) continue;
    CAPTURE(exchange.id);
    ++seen;
    const auto& want = wanted.at(exchange.provider);
    const auto memory = tests::padded(exchange.body);
    const auto got = dialect::openai_responses().decode_models({memory.data(), exchange.body.size()});
    REQUIRE(got);
    CHECK(got.value().models.size() == want.models);
    CHECK(got.value().models[0].id == want.id);
    CHECK(got.value().models[0].context_window == want.context);
  }
  CHECK(seen == wanted.size());
}
