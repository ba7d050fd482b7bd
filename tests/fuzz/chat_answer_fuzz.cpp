// Fuzz target for answers of the chat and legacy completions API, whole and streamed, and for error bodies. The oracle:
// however a stream is cut, the same deltas come out and the same end; a failure after content has class truncated.
//   clang++ -std=c++20 -fsanitize=fuzzer,address,undefined -Iinclude -Itests tests/fuzz/chat_answer_fuzz.cpp
//     tests/conform/cuts.cpp src/dialect/*.cpp src/wire/*.cpp src/chat/*.cpp src/core/*.cpp -lsimdjson

#include "unit/dialect/drive.hpp"

#include <cstdint>
#include <cstdlib>

namespace chat_answer_fuzz {

using namespace cohedge;

inline std::string log_of(const tests::streamed& run) {
  std::string log;
  for (const auto& each : run.deltas) log.append(each) += '\n';
  if (run.failure) log.append(run.failure->message()).append(to_string(run.failure->kind()));
  return log;
}

inline void check(const dialect::surface& api, std::string_view bytes) {
  limits bounds;
  bounds.sse_line = 4000;
  bounds.neutral_events = 20;
  const auto whole = tests::run_stream(api, bytes, {}, bounds);
  if (whole.failure && whole.committed && whole.failure->kind() != error_class::truncated) std::abort();
  if (whole.committed != whole.answer.has_content()) std::abort();
  const auto log = log_of(whole);
  for (std::size_t step : {1U, 3U, 17U})
    if (log_of(tests::run_stream(api, bytes, {"", {step}}, bounds)) != log) std::abort();
  const auto answer = tests::decode_whole(api, bytes);
  if (answer && answer.value().choices().size() > 128) std::abort();
  const auto failed = api.classify(400 + static_cast<int>(bytes.size() % 200), {}, bytes);
  if (failed.detail().size() > 2100) std::abort();
}

}  // namespace chat_answer_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  chat_answer_fuzz::check(cohedge::dialect::openai_chat(), bytes);
  chat_answer_fuzz::check(cohedge::dialect::legacy_completions(), bytes);
  return 0;
}
