#include "catch.hpp"
#include "replay/recordings.hpp"
#include "unit/dialect/drive.hpp"

#include <algorithm>
#include <map>

using namespace cohedge;
using cohedge::tests::recording;

// Recorded traffic of Gemini, Vertex, Ollama and Cohere on their own surfaces, at the level of decoders. What the
// answers must come to was counted by a script that only joins strings of the parsed JSON.
namespace {

struct answer {
  std::string_view id;  // how the recording's ends
  std::size_t text;     // bytes
  std::size_t reasoning;
  std::string_view calls;
  std::string_view finish;
  std::uint64_t input;
  std::uint64_t output;
  std::size_t signatures;  // bytes of all of them
};

constexpr answer answers[] = {
    {"cohere/agent/max_tokens_sets_max_tokens_finish_reason.yaml#0", 10, 0, "", "MAX_TOKENS", 506, 4, 0},
    {"ohere/streaming_grammar/none_tool_choice_streams_text.yaml#0", 1, 0, "", "COMPLETE", 1478, 3, 0},
    {"03-2025_respects_choice_required_for_unrelated_queries.yml#0", 0, 64, "weather", "TOOL_CALL", 1508, 50, 0},
    {"05-2026_can_understand_remote_images_without_extension.yml#1", 232, 0, "", "COMPLETE", 293, 56, 0},
    {"serves_thinking_signatures_between_turns_when_provided.yml#0", 24, 162, "", "COMPLETE", 1394, 55, 0},
    {"mand-a-03-2025_allows_removing_schema_mid-conversation.yml#0", 23, 0, "", "COMPLETE", 607, 13, 0},
    {"ts/cassettes/test_settings/test_stop_settings[cohere].yaml#0", 40, 0, "", "STOP_SEQUENCE", 91, 11, 0},
    {"ckages/cohere/src/__fixtures__/cohere-reasoning.chunks.txt#0", 25, 162, "", "COMPLETE", 1394, 54, 0},
    {"ix/text_response_is_none_when_the_turn_is_all_thought.yaml#0", 0, 486, "", "MAX_TOKENS", 15, 60, 0},
    {"ontent_with_given_valid_json_schema_in_responseSchema.json#0", 576, 0, "", "STOP", 5, 279, 0},
    {"_google_genai/test_instrument_google_genai_no_content.yaml#0", 0, 0, "get_current_weather", "STOP", 25, 7, 0},
    {"/cassettes/gemini/cached_content_matrix/use_streaming.yaml#1", 8, 0, "", "STOP", 1087, 2, 0},
    {"umentation/test_generate_content_describe_image[True].yaml#0", 513, 0, "", "STOP", 277, 694, 0},
    {"include_thoughts/google_gemini_2_5_flash/async_stream.yaml#0", 1, 0, "", "STOP", 30, 2307, 0},
    {"settes/test_max_tokens/google_gemini_2_5_flash/stream.yaml#0", 20, 0, "", "MAX_TOKENS", 9, 48, 0},
    {"le/completes-with-text-output-when-thinking-is-enabled.har#0", 9, 219, "", "STOP", 9, 67, 0},
    {"_output/test_native_output_with_function_tools_stream.yaml#0", 0, 0, "get_user_country", "STOP", 29, 81, 540},
    {"ests/cassettes/test_gemini/test_nested_model_optional.yaml#0", 53, 359, "", "STOP", 11, 395, 2312},
    {"onw+llm-gemini:tests/cassettes/test_gemini/test_tools.yaml#0", 0, 236, "pelican_name_generator", "STOP", 32, 54, 336},
    {"rix/multi_turn_tool_run_records_distinct_raw_streamed.yaml#1", 538, 0, "", "stop", 1295, 138, 0},
    {"assettes/ollama/reasoning_tool_roundtrip/nonstreaming.yaml#0", 0, 2093, "get_weather", "stop", 234, 535, 0},
    {"settes/test_instrumentor/test_chat_with_callable_tool.yaml#0", 0, 350, "add_two_numbers", "stop", 310, 145, 0},
    {"xtures/ollama/generate-text-with-done-reason-length-1.json#0", 281, 0, "", "length", 33, 57, 0},
    {"tures/ollama/generate-text-with-done-reason-unknown-1.json#0", 281, 0, "", "custom", 33, 57, 0},
    {"php+prism:tests/Fixtures/ollama/stream-with-thinking-1.sse#0", 70, 64, "", "stop", 0, 0, 0},
    {"sm-php+prism:tests/Fixtures/ollama/stream-with-tools-2.sse#0", 0, 0, "weather", "stop", 263, 152, 0},
    {"exai_gemini-2_5-flash_creates_uses_and_deletes_a_cache.yml#3", 215, 0, "", "STOP", 9613, 72, 0},
    {"pro-preview_includes_thought_signatures_for_tool_calls.yml#1", 0, 1144, "weather", "STOP", 83, 194, 764},
    {"ertexai_gemini-2_5-flash_supports_responseschema_param.yml#1", 12, 0, "", "STOP", 24, 57, 0},
    {"_return_the_headers_in_the_sdkHttpResponse_by_default.json#0", 0, 0, "", "MAX_TOKENS", 6, 19, 0},
    {"exai/tests/cassettes/test_generate_content_with_files.yaml#0", 15, 0, "", "STOP", 521, 429, 0},
    {"/test_instrumentor/test_gemini_token_counts_streaming.yaml#0", 75, 0, "", "STOP", 11, 248, 0},
    {"eration/vertex-gemini-2-5-pro/simple_object_streaming.yaml#0", 53, 0, "", "STOP", 19, 85, 0},
    {"_can_use_tools_with_multi-turn_streaming_conversations.yml#1", 0, 0, "weather", "STOP", 70, 60, 480},
    {"-flash-preview_streams_thinking_content_when_available.yml#1", 2736, 871, "", "STOP", 43, 1375, 4760},
    {"uld_stream_generate_content_with_specified_parameters.json#0", 669, 0, "", "MAX_TOKENS", 6, 197, 0},
};

struct failure {
  std::string_view id;
  errc code;
  error_class kind;
};

constexpr failure failures[] = {
    {"test_google/test_google_model_safety_settings.yaml#0", errc::provider_error, error_class::content_policy},
    {"test_google_model_armor_response_template_real_block.yaml#0", errc::provider_error, error_class::content_policy},
    // It called a tool that was not offered.
    {"direct-uploaded_file-video-google_vertex].yaml#0", errc::provider_error, error_class::pre_content},
    // An answer of Ollama's other API that the collection files here.
    {"structured-with-multiple-tools-structured-mode-1.json#0", errc::malformed_answer, error_class::pre_content},
    {"test_model_not_found/google_gemini_2_5_flash.yaml#0", errc::http_status, error_class::model_gone},
    {"gemini-2_5-flash_raises_appropriate_auth_error.yml#0", errc::http_status, error_class::credential},
    // The quota is one of tokens in a minute.
    {"gemini-2_5-flash_handles_context_length_exceeded_errors.yml#0", errc::http_status, error_class::rate_limited},
    {"TestGoogleAIErrorHandling.httprr#0", errc::http_status, error_class::credential},
    {"test_authentication_error_stream/google_gemini_2_5_flash.yaml#0", errc::http_status, error_class::credential},
    {"test_model_not_found_stream/google_gemini_2_5_flash.yaml#0", errc::http_status, error_class::model_gone},
    {"test_generate_content_invalid_role.yaml#0", errc::http_status, error_class::caller_fault},
    {"test_generate_content_missing_model.yaml#0", errc::http_status, error_class::model_gone},
    {"test_chat_error_records_model_name.yaml#0", errc::http_status, error_class::model_gone},
    {"errors/completion_error_preserves_status_and_body.yaml#0", errc::http_status, error_class::model_gone},
    {"command-a-03-2025_raises_appropriate_auth_error.yml#0", errc::http_status, error_class::credential},
    {"command-a-03-2025_handles_context_length_exceeded_errors.yml#0", errc::http_status, error_class::context_window},
};

const dialect::surface* surface_of(const recording& exchange) {
  const auto& name = exchange.surface;
  if (name == "gemini.generateContent" || name == "gemini.streamGenerateContent")
    return exchange.provider == "vertex" ? &dialect::vertex_generate_content() : &dialect::gemini_generate_content();
  if (name == "ollama.chat") return &dialect::ollama_chat();
  return name == "cohere.v2.chat" ? &dialect::cohere_chat() : nullptr;
}

std::string describe_answer(const completion& got) {
  if (got.choices().size() != 1) return std::to_string(got.choices().size()) + " choices";
  const auto& one = got.choices()[0];
  std::size_t signatures = 0;
  std::string calls;
  for (const auto& call : one.tool_calls) {
    calls.append(calls.empty() ? "" : " ").append(call.name).append(call.truncated || call.id.empty() ? "!" : "");
    signatures += call.signature.size();
  }
  for (const auto& item : one.reasoning_items) signatures += item.signature.size();
  return std::to_string(one.text.size()) + " " + std::to_string(one.reasoning.size()) + " [" + calls + "] " +
         one.finish_text + " " + std::to_string(got.usage().input) + " " + std::to_string(got.usage().output) + " " +
         std::to_string(signatures);
}

std::string describe_answer(const answer& want) {
  return std::to_string(want.text) + " " + std::to_string(want.reasoning) + " [" + std::string{want.calls} + "] " +
         std::string{want.finish} + " " + std::to_string(want.input) + " " + std::to_string(want.output) + " " +
         std::to_string(want.signatures);
}

std::string describe_failure(const error& got) {
  return std::string{to_string(got.code())} + "/" + std::string{to_string(got.kind())};
}

template <class Row, std::size_t Size>
const Row* row_of(const Row (&rows)[Size], const recording& exchange) {
  const auto* row = std::ranges::find_if(rows, [&](const Row& one) { return exchange.id.ends_with(one.id); });
  return row == std::end(rows) ? nullptr : row;
}

std::string wanted(const recording& exchange) {
  if (const auto* row = row_of(answers, exchange)) return describe_answer(*row);
  if (const auto* row = row_of(failures, exchange))
    return std::string{to_string(row->code)} + "/" + std::string{to_string(row->kind)};
  return "nothing";
}

std::string read_whole(const recording& exchange) {
  const auto& api = *surface_of(exchange);
  wire::header_block headers;
  for (const auto& [name, value] : exchange.headers) headers.add(name, value);
  if (exchange.status != 200) return describe_failure(api.classify(exchange.status, headers, exchange.body));
  const auto got = tests::decode_whole(api, exchange.body);
  return got ? describe_answer(got.value()) : describe_failure(got.error());
}

// A failure after content is a truncation, whatever it was.
std::string read_streamed(const recording& exchange, const tests::cutting& cut) {
  const auto got = tests::run_stream(*surface_of(exchange), exchange.body, cut);
  if (!got.failure) return describe_answer(got.answer);
  auto failed = *got.failure;
  if (got.committed) failed.with_kind(error_class::pre_content);
  return describe_failure(failed);
}

}  // namespace

TEST_CASE("recorded traffic of Gemini, Ollama and Cohere comes to what a script counted", "[dialect][recorded][native]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  std::map<std::string, int> counts;
  for (const auto& exchange : all) {
    if (surface_of(exchange) == nullptr) continue;
    CAPTURE(exchange.id);
    ++counts[exchange.surface];
    const auto want = wanted(exchange);
    const bool whole = exchange.status != 200 || exchange.framing == "json";
    if (whole) CHECK(read_whole(exchange) == want);
    if (exchange.status != 200 || want.starts_with("malformed")) continue;
    for (const auto& cut : tests::cuttings({}, 7 + exchange.body.size())) {
      CAPTURE(cut.name);
      CHECK(read_streamed(exchange, cut) == want);
    }
  }
  CHECK(counts == std::map<std::string, int>{{"cohere.v2.chat", 11},
                                             {"gemini.generateContent", 17},
                                             {"gemini.streamGenerateContent", 15},
                                             {"ollama.chat", 9}});
}

TEST_CASE("a recorded stream of theirs cut before its end is never whole", "[dialect][recorded][native]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  int cuts = 0;
  for (const auto& exchange : all) {
    if (surface_of(exchange) == nullptr || exchange.status != 200 || exchange.framing == "json") continue;
    const auto gemini = exchange.surface.starts_with("gemini");
    const auto mark = exchange.body.rfind(gemini ? "inishReason" : exchange.framing == "ndjson" ? "\"done\":true" : "message-end");
    CAPTURE(exchange.id);
    REQUIRE(mark != std::string::npos);
    for (std::size_t end = 1; end < mark; end += 1 + mark / 60) {
      ++cuts;
      const auto got = tests::run_stream(*surface_of(exchange), exchange.body.substr(0, end));
      REQUIRE(got.failure);
      CHECK(got.failure->kind() == (got.committed ? error_class::truncated : error_class::pre_content));
    }
  }
  CHECK(cuts > 700);
}

TEST_CASE("recorded lists, vectors and counts of theirs", "[dialect][recorded][native]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  const auto body_of = [&](std::string_view id) -> const std::string& {
    const auto one = std::ranges::find_if(all, [&](const recording& each) { return each.id.ends_with(id); });
    REQUIRE(one != all.end());
    return one->body;
  };
  const auto& gemini = dialect::gemini_generate_content();
  const auto& vertex = dialect::vertex_generate_content();
  const auto size_of = [](const result<embeddings>& got) {
    return !got ? got.error().message() : std::to_string(got.value().vectors.size()) + "x" + std::to_string(got.value().vectors[0].size());
  };
  const auto pictures = gemini.decode_embeddings(body_of("gemini-embedding-2_embeds_an_image_alongside_text.yml#0"));
  CHECK(size_of(pictures) == "1x768");
  CHECK(pictures.value().usage.input == 261);
  CHECK(size_of(gemini.decode_embeddings(body_of("TestGoogle.test_instrumentation.yaml#0"))) == "1x768");
  CHECK(size_of(vertex.decode_embeddings(body_of("test_google_task_prefix_vertex.yaml#0"))) == "1x3072");
  CHECK(size_of(gemini.decode_embeddings(body_of("multimodal-embeddings-aggregate-1.json#0"))) == "1x3");
  CHECK(size_of(dialect::ollama_chat().decode_embeddings(body_of("embeddings-with-dimensions-1.json#0"))) == "1x256");
  CHECK(size_of(dialect::cohere_chat().decode_embeddings(body_of("embed_search_query_smoke.yaml#0"))) == "1x384");
  CHECK(gemini.decode_count(body_of("test_token_count_method.yaml#2")).value() == 9);
  CHECK(vertex.decode_count(body_of("vertexai_gemini-2_5-flash_counts_a_staged_message.yml#1")).value() == 7);
  CHECK(vertex.decode_count(body_of("test_google_vertexai_count_tokens_forwards_native_tools.yaml#0")).value() == 13);
  const auto models = gemini.decode_models(body_of("test_google_list_models.yaml#1"));
  REQUIRE(models);
  CHECK(models.value().models.size() == 4);
  CHECK(models.value().models[0].id == "veo-3.1-fast-generate-preview");
  CHECK(models.value().next_page.empty());
  const auto tags = dialect::ollama_chat().decode_models(body_of("ollama/models/list_models_smoke.yaml#0"));
  REQUIRE(tags);
  CHECK(tags.value().models.size() == 5);
  CHECK(tags.value().models[0].id == "all-minilm:latest");
}
