// Answers of the chat and legacy completions API, whole and streamed, and error bodies. The oracle: however a stream is
// cut, the same deltas come out and the same end; a failure after content has class truncated.

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

void check(const dialect::surface& api, std::string_view bytes) {
  limits bounds;
  bounds.sse_line = 600;
  bounds.neutral_events = 20;
  const auto whole = tests::run_stream(api, bytes, {}, bounds);
  require(!whole.failure || !whole.committed || whole.failure->kind() == error_class::truncated);
  require(whole.committed == whole.answer.has_content());
  const auto log = log_of(whole);
  for (std::size_t size : {1U, 17U}) require(log_of(tests::run_stream(api, bytes, {"", {size}}, bounds)) == log);
  const auto answer = tests::decode_whole(api, bytes);
  require(!answer || answer.value().choices().size() <= 128);
  const auto failed = api.classify(400 + static_cast<int>(bytes.size() % 200), {}, bytes);
  require(failed.detail().size() <= 2100);
}

void run(std::string_view bytes) {
  check(dialect::openai_chat(), bytes);
  check(dialect::legacy_completions(), bytes);
}

const registered here{"chat_answer", &run};

}  // namespace
}  // namespace cohedge::fuzz
