#include "streams.hpp"

#include "native.hpp"

namespace bench {
namespace {

using cohedge::dialect::surface;
using document = simdjson::ondemand::document;

constexpr std::string_view words[] = {" the", " model", " answers", " slowly", ",", " word", " by", " word", ".\\n", " caf\u00e9"};

std::string_view word(int i) { return words[static_cast<std::size_t>(i) % std::size(words)]; }

std::string_view string_of(simdjson::simdjson_result<simdjson::ondemand::value> from) {
  std::string_view text;
  return from.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::string as_events(const std::vector<std::string>& documents) {
  std::string body;
  for (const auto& each : documents) body.append("data: ").append(each).append("\n\n");
  return body;
}

/// What every surface's sample is made of: documents before the text, one for each piece, and those behind it.
struct recipe {
  std::vector<std::string> before;
  std::function<std::string(int)> piece;
  std::vector<std::string> after;

  std::vector<std::string> documents(int pieces) const {
    auto all = before;
    for (int i = 0; i < pieces; ++i) all.push_back(piece(i));
    all.insert(all.end(), after.begin(), after.end());
    return all;
  }
};

std::string chunk(std::string_view delta, std::string_view finish, int created) {
  return R"({"id":"chatcmpl-CXJ5n2m8kQpVbS1tUw9zYaRfGhLe3","object":"chat.completion.chunk","created":)" +
         std::to_string(1761000000 + created) +
         R"(,"model":"gpt-5-mini-2025-08-07","service_tier":"default","system_fingerprint":"fp_44added55e",)"
         R"("choices":[{"index":0,"delta":)" +
         std::string{delta} + R"(,"logprobs":null,"finish_reason":)" + std::string{finish} + "}]}";
}

stream_sample openai_chat(int pieces, bool varies) {
  recipe made;
  made.before = {chunk(R"({"role":"assistant","content":"","refusal":null})", "null", 0)};
  made.piece = [varies](int i) { return chunk(R"({"content":")" + std::string{word(i)} + "\"}", "null", varies ? i : 0); };
  made.after = {chunk("{}", R"("stop")", 0)};
  stream_sample one{varies ? "openai.chat, another time in each" : "openai.chat", &cohedge::dialect::openai_chat(),
                    made.documents(pieces), {}, {}};
  one.body = as_events(one.documents) + "data: [DONE]\n\n";
  one.text_of = [](document& json) { return string_of(json["choices"].at(0)["delta"]["content"]); };
  return one;
}

}  // namespace

std::vector<stream_sample> stream_samples(int pieces) {
  std::vector<stream_sample> all;
  all.push_back(openai_chat(pieces, false));
  all.push_back(openai_chat(pieces, true));
  add_native_samples(pieces, all);
  return all;
}

}  // namespace bench
