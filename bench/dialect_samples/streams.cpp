#include "streams.hpp"

#include "native.hpp"

#include <cohedge/wire/eventstream.hpp>

#include <cstdlib>
#include <initializer_list>

#include <zlib.h>

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

void counts_of(simdjson::simdjson_result<simdjson::ondemand::value> from, std::initializer_list<std::string_view> names) {
  simdjson::ondemand::object counts;
  std::uint64_t count = 0;
  if (from.get_object().get(counts) != simdjson::SUCCESS) return;
  for (const auto name : names)
    if (counts[name].get_uint64().get(count) != simdjson::SUCCESS) return;
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

// Perplexity, Databricks and others count in every chunk.
stream_sample counting_chat(int pieces) {
  recipe made;
  made.piece = [](int i) {
    auto json = chunk(R"({"content":")" + std::string{word(i)} + "\"}", "null", i);
    json.pop_back();
    return json + R"(,"usage":{"prompt_tokens":11,"completion_tokens":)" + std::to_string(i) + R"(,"total_tokens":)" +
           std::to_string(11 + i) + "}}";
  };
  made.after = {chunk("{}", R"("stop")", 0)};
  stream_sample one{"openai.chat, counts in each", &cohedge::dialect::openai_chat(), made.documents(pieces), {}, {}};
  one.body = as_events(one.documents) + "data: [DONE]\n\n";
  one.text_of = [](document& json) {
    const auto text = string_of(json["choices"].at(0)["delta"]["content"]);
    counts_of(json["usage"], {"prompt_tokens", "completion_tokens", "total_tokens"});
    return text;
  };
  return one;
}

stream_sample responses(int pieces) {
  recipe made;
  made.before = {
      R"({"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5-mini","output":[]}})",
      R"({"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}})"};
  made.piece = [](int i) {
    return R"({"type":"response.output_text.delta","sequence_number":)" + std::to_string(i + 2) +
           R"(,"item_id":"msg_68f5a1b2c3d4e5f60718293a4b5c6d7e","output_index":0,"content_index":0,"delta":")" +
           std::string{word(i)} + R"(","logprobs":[],"obfuscation":"aB3dE5fG7h"})";
  };
  made.after = {
      R"({"type":"response.completed","sequence_number":999,"response":{"id":"resp_1","object":"response","status":"completed","model":"gpt-5-mini","output":[],"usage":{"input_tokens":11,"output_tokens":250,"total_tokens":261}}})"};
  stream_sample one{"openai.responses", &cohedge::dialect::openai_responses(), made.documents(pieces), {}, {}};
  one.body = as_events(one.documents);
  one.text_of = [](document& json) { return string_of(json["delta"]); };
  return one;
}

// Every event ends in some spaces, and their number differs.
std::string event(std::string_view members, int i) {
  return "{" + std::string{members} + std::string(static_cast<std::size_t>(i * 7 % 15), ' ') + "}";
}

stream_sample anthropic_messages(int pieces) {
  recipe made;
  made.before = {
      R"({"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","id":"msg_01LZsMRm65UoTT7w7in5Eqg4",)"
      R"("type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,)"
      R"("usage":{"input_tokens":76,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}})",
      R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})", R"({"type": "ping"})"};
  made.piece = [](int i) {
    return event(R"("type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" + std::string{word(i)} + "\"}", i);
  };
  made.after = {R"({"type":"content_block_stop","index":0})",
                R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":104}})",
                R"({"type":"message_stop"})"};
  stream_sample one{"anthropic.messages", &cohedge::dialect::anthropic_messages(), made.documents(pieces), {}, {}};
  for (const auto& each : one.documents)
    one.body.append("event: content_block_delta\ndata: ").append(each).append("\n\n");
  one.text_of = [](document& json) { return string_of(json["delta"]["text"]); };
  return one;
}

void append_event(std::string& body, std::string_view type, std::string_view json) {
  const cohedge::wire::eventstream_header headers[] = {
      {":event-type", cohedge::wire::eventstream_type::string, type},
      {":content-type", cohedge::wire::eventstream_type::string, "application/json"},
      {":message-type", cohedge::wire::eventstream_type::string, "event"}};
  if (!cohedge::wire::append_eventstream(body, headers, json)) std::abort();
}

/// `summed`: what is measured against makes the two checksums of every message as well, with zlib.
stream_sample converse(int pieces, bool summed) {
  recipe made;
  made.before = {R"({"p":"abc","role":"assistant"})"};
  made.piece = [](int i) {
    return R"({"contentBlockIndex":0,"delta":{"text":")" + std::string{word(i)} + R"("},"p":"abcdefghijklmnopqr"})";
  };
  made.after = {R"({"contentBlockIndex":0,"p":"ab"})", R"({"p":"abcd","stopReason":"end_turn"})",
                R"({"metrics":{"latencyMs":500},"p":"a","usage":{"inputTokens":11,"outputTokens":250,"totalTokens":261}})"};
  stream_sample one{summed ? "bedrock.converse, zlib's CRC too" : "bedrock.converse",
                    &cohedge::dialect::bedrock_converse(), made.documents(pieces), {}, {}};
  const auto size = one.documents.size();
  for (std::size_t i = 0; i < size; ++i) {
    const auto* type = i == 0          ? "messageStart"
                       : i + 3 == size ? "contentBlockStop"
                       : i + 2 == size ? "messageStop"
                       : i + 1 == size ? "metadata"
                                       : "contentBlockDelta";
    append_event(one.body, type, one.documents[i]);
  }
  if (!summed) {
    one.text_of = [](document& json) { return string_of(json["delta"]["text"]); };
    return one;
  }
  std::string message;
  append_event(message, "contentBlockDelta", one.documents[1]);
  one.text_of = [message](document& json) {
    const auto* bytes = reinterpret_cast<const Bytef*>(message.data());
    const bool broken = crc32_z(0, bytes, 8) == 0 || crc32_z(0, bytes, message.size() - 4) == 0;
    return broken ? std::string_view{} : string_of(json["delta"]["text"]);
  };
  return one;
}

}  // namespace

std::vector<stream_sample> stream_samples(int pieces) {
  std::vector<stream_sample> all;
  all.push_back(openai_chat(pieces, false));
  all.push_back(openai_chat(pieces, true));
  all.push_back(counting_chat(pieces));
  all.push_back(responses(pieces));
  all.push_back(anthropic_messages(pieces));
  all.push_back(converse(pieces, false));
  all.push_back(converse(pieces, true));
  add_native_samples(pieces, all);
  return all;
}

}  // namespace bench
