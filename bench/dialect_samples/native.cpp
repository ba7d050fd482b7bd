#include "native.hpp"

namespace bench {
namespace {

using document = simdjson::ondemand::document;

constexpr std::string_view words[] = {" the", " model", " answers", " slowly", ",", " word", " by", " word", ".\\n", " caf\u00e9"};

std::string word(int i) { return std::string{words[static_cast<std::size_t>(i) % std::size(words)]}; }

std::string_view string_of(simdjson::simdjson_result<simdjson::ondemand::value> from) {
  std::string_view text;
  return from.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

// Counts stand in every document, so each is parsed.
std::string gemini_document(const std::string& text, int candidates, std::string_view finish) {
  return R"({"candidates": [{"content": {"parts": [{"text": ")" + text + R"("}],"role": "model"},)" + std::string{finish} +
         R"("index": 0}],"usageMetadata": {"promptTokenCount": 277,"candidatesTokenCount": )" + std::to_string(candidates) +
         R"(,"totalTokenCount": )" + std::to_string(277 + candidates) +
         R"(,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 277}]},)"
         R"("modelVersion": "gemini-2.5-flash","responseId": "StkEarfIJY6_qtsP9tjeuQs"})";
}

stream_sample gemini(int pieces) {
  stream_sample one{"gemini.generateContent", &cohedge::dialect::gemini_generate_content(), {}, {}, {}};
  // Gemini sends some twenty tokens at once.
  const auto text = [](int i) { return word(i) + word(i + 1) + word(i + 2) + word(i + 3) + word(i + 4) + word(i + 5); };
  for (int i = 0; i < pieces; ++i) one.documents.push_back(gemini_document(text(i), i, ""));
  one.documents.push_back(gemini_document("", pieces, R"("finishReason": "STOP",)"));
  for (const auto& each : one.documents) one.body.append("data: ").append(each).append("\r\n\r\n");
  one.text_of = [](document& json) { return string_of(json["candidates"].at(0)["content"]["parts"].at(0)["text"]); };
  return one;
}

std::string ollama_line(const std::string& text, int when, std::string_view end) {
  return R"({"model":"qwen3:4b","created_at":"2026-08-17T15:59:50.)" + std::to_string(100000 + when) +
         R"(Z","message":{"role":"assistant","content":")" + text + "\"}," + std::string{end} + "}";
}

stream_sample ollama(int pieces) {
  stream_sample one{"ollama.chat", &cohedge::dialect::ollama_chat(), {}, {}, {}};
  for (int i = 0; i < pieces; ++i) one.documents.push_back(ollama_line(word(i), i, R"("done":false)"));
  one.documents.push_back(
      ollama_line("", pieces, R"("done":true,"done_reason":"stop","prompt_eval_count":1295,"eval_count":138)"));
  for (const auto& each : one.documents) one.body.append(each).append("\n");
  one.text_of = [](document& json) { return string_of(json["message"]["content"]); };
  return one;
}

stream_sample cohere(int pieces) {
  stream_sample one{"cohere.v2.chat", &cohedge::dialect::cohere_chat(), {}, {}, {}};
  for (int i = 0; i < pieces; ++i)
    one.documents.push_back(R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":")" + word(i) + R"("}}}})");
  one.documents.push_back(R"({"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":1394,"output_tokens":54}}}})");
  for (const auto& each : one.documents) one.body.append("event: content-delta\ndata: ").append(each).append("\n\n");
  one.text_of = [](document& json) { return string_of(json["delta"]["message"]["content"]["text"]); };
  return one;
}

}  // namespace

void add_native_samples(int pieces, std::vector<stream_sample>& to) {
  to.push_back(gemini(pieces));
  to.push_back(ollama(pieces));
  to.push_back(cohere(pieces));
}

}  // namespace bench
