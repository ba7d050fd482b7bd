#include "answers.hpp"

#include "die.hpp"

#include <algorithm>

namespace bench {

namespace {

constexpr std::size_t texts_of_a_stream = 254;
constexpr std::size_t whole_size = 672;
constexpr std::size_t event_size = 260 + 8;  // with "data: " and the empty line

/// `before` and `after` with so many `fill` between them that they are `size` bytes.
std::string filled(std::string before, char fill, std::string_view after, std::size_t size) {
  const auto used = before.size() + after.size();
  if (used > size) die("an answer has outgrown its size");
  return before.append(size - used, fill).append(after);
}

std::string whole_answer(unsigned i) {
  std::string text{
      "Come in, come in, before the rain takes the both of us. There is stew on the fire and one dry bed left, if you do "
      "not mind mice."};
  std::ranges::rotate(text, text.begin() + i);
  const auto number = [](unsigned count) { return std::to_string(count); };
  return filled(
      R"({"id":"chatcmpl-9f8a7b6c5d4e3f2a1b0c9d8e7f6a)" + number(1000 + i) +
          R"(","object":"chat.completion","created":1763715)" + number(600 + i) +
          R"(,"model":"m-2026-11-01","choices":[{"index":0,"message":{"role":"assistant","content":")" + text +
          R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":)" +
          number(158 + i) + R"(,"completion_tokens":32,"total_tokens":)" + number(190 + i) +
          R"(,"prompt_tokens_details":{"cached_tokens":)" + number(10 + i) + R"(,"audio_tokens":0},)"
          R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"service_tier":"default",)"
          R"("system_fingerprint":"fp_)",
      'f', "\"}", whole_size);
}

std::vector<std::string> whole_answers() {
  std::vector<std::string> all;
  for (unsigned i = 0; i < 61; ++i) all.push_back(whole_answer(i));
  return all;
}

/// One event with the given choice, and members of the whole behind it.
std::string event(const std::string& choice, const std::string& further = {}) {
  return filled(
      R"(data: {"id":"chatcmpl-9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c","object":"chat.completion.chunk","created":1763715600,)"
      R"("model":"m-2026-11-01","choices":[)" +
          choice + "]" + further + R"(,"obfuscation":")",
      'q', "\"}\n\n", event_size);
}

std::string text_event(std::size_t i) {
  static constexpr const char* words[] = {" come", " in", " before", " the", " rain", " takes", " us", " both,"};
  return event(std::string{R"({"index":0,"delta":{"content":")"} + words[i % 8] +
               R"("},"logprobs":null,"finish_reason":null})");
}

std::vector<std::string> whole_stream() {
  std::vector<std::string> all{
      event(R"({"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null})")};
  for (std::size_t i = 0; i < texts_of_a_stream; ++i) all.push_back(text_event(i));
  all.push_back(event(R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"})"));
  all.push_back(event("", R"(,"usage":{"prompt_tokens":58,"completion_tokens":254,"total_tokens":312})"));
  all.push_back("data: [DONE]\n\n");
  return all;
}

/// The fields of every answer, behind those that are its own. The request id brings it to its size.
std::vector<header_field> with_common(std::vector<header_field> own, std::size_t id_digits) {
  const std::vector<header_field> common = {
      {"date", "Sat, 21 Nov 2026 09:00:00 GMT"},
      {"openai-organization", "org-bench"},
      {"openai-processing-ms", "412", true},
      {"openai-version", "2020-10-01"},
      {"x-ratelimit-limit-requests", "10000"},
      {"x-ratelimit-limit-tokens", "2000000"},
      {"x-ratelimit-remaining-requests", "9999", true},
      {"x-ratelimit-remaining-tokens", "1999880", true},
      {"x-ratelimit-reset-requests", "6ms", true},
      {"x-ratelimit-reset-tokens", "3ms", true},
      {"x-request-id", "req_" + std::string(id_digits, '7'), true},
  };
  own.insert(own.end(), common.begin(), common.end());
  return own;
}

}  // namespace

std::string header_field::value_in(std::size_t answer) const {
  auto text = value;
  if (!changes) return text;
  for (auto& each : text)
    if (each >= '0' && each <= '9') each = static_cast<char>('0' + (static_cast<std::size_t>(each - '0') + answer) % 10);
  return text;
}

answers::answers()
    : wholes{whole_answers()},
      burst{whole_stream()},
      whole_fields{
          with_common({{"content-type", "application/json"}, {"content-length", std::to_string(whole_size)}}, 94)},
      stream_fields{with_common({{"content-type", "text/event-stream; charset=utf-8"}}, 10)} {}

}  // namespace bench
