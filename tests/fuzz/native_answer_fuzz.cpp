// Answers of Gemini, Ollama and Cohere on their own surfaces, whole and streamed. The oracle: however a stream is cut,
// the same deltas come out and the same end; a failure after content has class truncated; what comes of an answer can be
// sent back, as JSON.

#include "target.hpp"

#include "unit/dialect/drive.hpp"

namespace cohedge::fuzz {
namespace {

std::string log_of(const tests::streamed& stream) {
  std::string log;
  for (const auto& each : stream.deltas) log.append(each) += '\n';
  if (stream.failure) log.append(stream.failure->message()).append(to_string(stream.failure->kind()));
  return log;
}

void check_request(const dialect::surface& api, const completion& answer) {
  if (answer.choices().empty()) return;
  chat_request next{"hi"};
  next.add(answer.choices()[0].as_message());
  for (const auto& call : answer.tool_calls()) next.tool_result(call.id, call.arguments);
  const auto out = api.encode(next, "gemini-3", true, {});
  require(!out || wire::is_json(out.value().body));
}

void check(const dialect::surface& api, std::string_view bytes) {
  limits bounds;
  bounds.sse_line = 600;
  bounds.sse_event = 1200;
  bounds.neutral_events = 20;
  const auto whole = tests::run_stream(api, bytes, {}, bounds);
  require(!whole.failure || !whole.committed || whole.failure->kind() == error_class::truncated);
  require(whole.committed || !whole.answer.has_content());
  const auto log = log_of(whole);
  for (std::size_t size : {1U, 17U}) require(log_of(tests::run_stream(api, bytes, {"", {size}}, bounds)) == log);
  const auto answer = tests::decode_whole(api, bytes);
  require(!answer || answer.value().choices().size() <= 128);
  check_request(api, answer ? answer.value() : whole.answer);
  (void)api.decode_embeddings(bytes);
  (void)api.decode_models(bytes);
  (void)api.decode_count(bytes);
}

void run(std::string_view bytes) {
  check(dialect::gemini_generate_content(), bytes);
  check(dialect::ollama_chat(), bytes);
  check(dialect::ollama_generate(), bytes);
  check(dialect::cohere_chat(), bytes);
}

const registered here{"native_answer", &run};

}  // namespace
}  // namespace cohedge::fuzz
