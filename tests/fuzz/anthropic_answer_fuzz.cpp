// Answers of Anthropic's Messages API, whole and streamed. The oracle: however a stream is cut, the same deltas come out
// and the same end; calls have the indices 0, 1, 2, …, begin once, before their arguments, and end once; what comes out
// can be sent back.

#include "target.hpp"

#include "unit/dialect/drive.hpp"

#include <set>

namespace cohedge::fuzz {
namespace {

std::string log_of(const tests::streamed& stream) {
  std::string log;
  for (const auto& each : stream.deltas) log.append(each) += '\n';
  if (stream.failure) log.append(stream.failure->message()).append(to_string(stream.failure->kind()));
  return log;
}

void check_calls(const std::vector<std::string>& deltas) {
  std::size_t begun = 0;
  std::set<std::string> ended;
  for (const auto& each : deltas) {
    if (each.starts_with("call")) require(each.starts_with("call" + std::to_string(begun++) + " "));
    if (each.starts_with("args")) {
      const auto index = each.substr(4, each.find(' ') - 4);
      require(std::stoul(index) < begun && !ended.contains(index));
    }
    if (each.starts_with("end")) require(std::stoul(each.substr(3)) < begun && ended.insert(each.substr(3)).second);
  }
}

// Arguments that are no JSON object are refused, and so is what says nothing.
void send_back(const completion& answer) {
  if (answer.choices().empty()) return;
  chat_request next{"go"};
  next.add(answer.choices()[0].as_message()).user("on");
  const auto out = dialect::anthropic_messages().encode(next, "m", true, {});
  require(out ? wire::is_json(out.value().body) : out.error().code() == errc::invalid_argument);
}

void run(std::string_view bytes) {
  const auto& api = dialect::anthropic_messages();
  limits bounds;
  bounds.sse_line = 600;
  bounds.neutral_events = 20;
  const auto whole = tests::run_stream(api, bytes, {}, bounds);
  require(!whole.failure || !whole.committed || whole.failure->kind() == error_class::truncated);
  require(whole.committed || !whole.answer.has_content());
  check_calls(whole.deltas);
  send_back(whole.answer);
  const auto log = log_of(whole);
  for (std::size_t size : {1U, 17U}) require(log_of(tests::run_stream(api, bytes, {"", {size}}, bounds)) == log);
  const auto answer = tests::decode_whole(api, bytes);
  if (answer) send_back(answer.value());
  const auto memory = tests::padded(bytes);
  const std::string_view body{memory.data(), bytes.size()};
  const auto models = api.decode_models(body);
  require(!models || models.value().next_page.size() <= bytes.size());
  require(!api.decode_count(body) || !bytes.empty());
}

const registered here{"anthropic_answer", &run};

}  // namespace
}  // namespace cohedge::fuzz
