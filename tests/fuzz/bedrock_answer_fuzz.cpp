// Answers of Bedrock's Converse and of Claude through InvokeModel: whole ones, and streams that are put together from
// the input, so that their checksums are right. The oracle: however a stream is cut, the same deltas come out and the
// same end; a failure after content has class truncated.

#include "target.hpp"

#include "unit/dialect/drive.hpp"
#include "unit/dialect/eventstream_body.hpp"

#include <array>

namespace cohedge::fuzz {
namespace {

std::string log_of(const tests::streamed& stream) {
  std::string log;
  for (const auto& each : stream.deltas) log.append(each) += '\n';
  if (stream.failure) log.append(stream.failure->message()).append(to_string(stream.failure->kind()));
  return log;
}

void check_stream(const dialect::surface& api, std::string_view bytes) {
  limits bounds;
  bounds.sse_event = 2000;
  bounds.neutral_events = 20;
  const auto whole = tests::run_stream(api, bytes, {}, bounds);
  require(!whole.failure || !whole.committed || whole.failure->kind() == error_class::truncated);
  require(whole.committed || !whole.answer.has_content());
  const auto log = log_of(whole);
  for (std::size_t size : {1U, 17U}) require(log_of(tests::run_stream(api, bytes, {"", {size}}, bounds)) == log);
}

/// Lines of the input become messages: the first byte names the event, the rest is its payload; of a chunk, its
/// document.
std::string stream_of(std::string_view bytes) {
  constexpr std::array<std::string_view, 7> events{
      "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata", "chunk"};
  std::string out;
  while (!bytes.empty()) {
    const auto line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
    if (line.empty()) continue;
    const auto which = static_cast<std::size_t>(static_cast<unsigned char>(line.front()) - 'a');
    const auto payload = line.substr(1);
    if (which < events.size() && events[which] == "chunk")
      out += tests::chunk(payload);
    else if (which < events.size())
      out += tests::event(events[which], payload);
    else if (which == events.size())
      out += tests::exception("throttlingException", payload);
    else
      out += tests::error_message("InternalFailure", payload.substr(0, 1000));
  }
  return out;
}

void run(std::string_view bytes) {
  check_stream(dialect::bedrock_converse(), bytes);
  const auto messages = stream_of(bytes);
  for (const auto* api : {&dialect::bedrock_converse(), &dialect::bedrock_invoke()}) check_stream(*api, messages);
  const auto answer = tests::decode_whole(dialect::bedrock_converse(), bytes);
  require(!answer || answer.value().choices().size() <= 1);
  const auto memory = tests::padded(bytes);
  (void)dialect::bedrock_converse().decode_embeddings({memory.data(), bytes.size()});
  (void)dialect::bedrock_converse().decode_count({memory.data(), bytes.size()});
}

const registered here{"bedrock_answer", &run};

}  // namespace
}  // namespace cohedge::fuzz
