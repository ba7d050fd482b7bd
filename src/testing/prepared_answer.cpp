#include <cohedge/testing/prepared_answer.hpp>

#include <cohedge/wire/http1.hpp>

#include <array>

namespace cohedge::testing {

namespace {

/// The fields that OpenAI puts around an answer, recorded in 2025.
std::string openai_head(std::string_view content_type, std::optional<std::size_t> length) {
  const std::array<wire::header, 12> fields{{
      {"Date", "Mon, 06 Jan 2025 12:00:00 GMT"},
      {"Content-Type", content_type},
      {"Connection", "keep-alive"},
      {"access-control-expose-headers", "X-Request-ID"},
      {"openai-organization", "org-loopback"},
      {"openai-processing-ms", "421"},
      {"openai-version", "2020-10-01"},
      {"x-ratelimit-limit-requests", "10000"},
      {"x-ratelimit-remaining-requests", "9999"},
      {"x-ratelimit-reset-requests", "6ms"},
      {"strict-transport-security", "max-age=31536000; includeSubDomains; preload"},
      {"x-request-id", "req_7d1f2f4c9c6b4b0c8a5d7e1b2c3d4e5f"},
  }};
  std::string head;
  (void)wire::write_response_head(head, 200, fields, length);  // the fields are constants: it cannot fail
  return head;
}

/// Words up to a size, so that a body has exactly the bytes that were asked for.
std::string filler(std::size_t size) {
  constexpr std::string_view words = "the quick brown fox jumps over the lazy dog and ";
  std::string text;
  while (text.size() < size) text += words;
  text.resize(size);
  return text;
}

std::string chunk_event(std::string_view json) {
  std::string event{"data: "};
  event.append(json).append("\n\n");
  std::string framed;
  wire::write_chunk(framed, event);
  return framed;
}

std::string padded(std::string_view before, std::string_view after, std::size_t size) {
  const auto taken = before.size() + after.size();
  return std::string{before} + filler(size > taken ? size - taken : 0) + std::string{after};
}

}  // namespace

prepared_answer prepared_answer::json(std::size_t body_bytes) {
  const auto body = padded(R"({"id":"chatcmpl-loopback","object":"chat.completion","created":1736164800,)"
                           R"("model":"loopback","choices":[{"index":0,"message":{"role":"assistant","content":")",
                           R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":64,)"
                           R"("total_tokens":76}})",
                           body_bytes);
  return prepared_answer{openai_head("application/json", body.size()) + body};
}

prepared_answer prepared_answer::stream(std::size_t events, std::size_t event_bytes) {
  constexpr std::string_view begin =
      R"({"id":"chatcmpl-loopback","object":"chat.completion.chunk","created":1736164800,"model":"loopback",)"
      R"("service_tier":"default","choices":[{"index":0,"delta":)";
  const auto event = [&](std::string_view delta_begin, std::string_view delta_end, std::string_view finish) {
    const auto before = std::string{begin} + std::string{delta_begin};
    const auto after = std::string{delta_end} + R"(,"finish_reason":)" + std::string{finish} + "}]}";
    return chunk_event(padded(before, after, event_bytes));
  };
  prepared_answer answer;
  for (std::size_t i = 0; i < events; ++i) {
    if (i == 0)
      answer.pieces_.push_back(openai_head("text/event-stream; charset=utf-8", std::nullopt) +
                               event(R"({"role":"assistant","content":"","note":")", R"("})", "null"));
    else if (i + 1 == events)
      answer.pieces_.push_back(event(R"({"note":")", R"("})", R"("stop")"));
    else
      answer.pieces_.push_back(event(R"({"content":")", R"("})", "null"));
  }
  if (answer.pieces_.empty()) answer.pieces_.push_back(openai_head("text/event-stream; charset=utf-8", std::nullopt));
  answer.pieces_.back() += chunk_event("[DONE]");
  wire::write_last_chunk(answer.pieces_.back());
  return answer;
}

std::string prepared_answer::text() const {
  std::string all;
  for (const auto& piece : pieces_) all += piece;
  return all;
}

}  // namespace cohedge::testing
