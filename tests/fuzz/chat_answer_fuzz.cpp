// Answers of OpenAI's APIs, whole and streamed, lists of models and vectors, and error bodies. The oracle: however a stream is
// cut, the same deltas come out and the same end; a failure after content has class truncated.

#include "target.hpp"

#include "unit/dialect/drive.hpp"

#include <algorithm>

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
  // Sources, and media that are no base64, are handed out but are nothing on their own.
  const bool beside = std::ranges::any_of(whole.deltas, [](std::string_view line) {
    return line.find("cites ") != line.npos || line.find("media ") != line.npos;
  });
  require(whole.committed == whole.answer.has_content() || (whole.committed && beside));
  const auto log = log_of(whole);
  for (std::size_t size : {1U, 17U}) require(log_of(tests::run_stream(api, bytes, {"", {size}}, bounds)) == log);
  const auto answer = tests::decode_whole(api, bytes);
  require(!answer || answer.value().choices().size() <= 128);
  const auto failed = api.classify(400 + static_cast<int>(bytes.size() % 200), {}, bytes);
  require(failed.detail().size() <= 2100);
}

void check_lists(std::string_view bytes) {
  const auto memory = tests::padded(bytes);
  const std::string_view body{memory.data(), bytes.size()};
  const auto& api = dialect::openai_responses();
  if (const auto vectors = api.decode_embeddings(body))
    for (const auto& each : vectors.value().vectors) require(!each.empty());
  if (const auto models = api.decode_models(body))
    for (const auto& each : models.value().models) require(!each.id.empty());
  const auto count = api.decode_count(body);
  require(count || count.error().code() != errc::none);
}

void run(std::string_view bytes) {
  check(dialect::openai_responses(), bytes);
  check_lists(bytes);
  check(dialect::openai_chat(), bytes);
  check(dialect::legacy_completions(), bytes);
}

const registered here{"chat_answer", &run};

}  // namespace
}  // namespace cohedge::fuzz
