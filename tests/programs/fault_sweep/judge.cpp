// What a call may come to when the connection below it fails in a known way at a known place.

#include "sweep.hpp"

namespace cohedge::tests {

using testing::fault;
using testing::fault_kind;

namespace {

/// How long a call lasts that ends so: its clock's time, or none, for over loopback everything else happens at once.
duration length_of(errc how) {
  const auto clocks = sweep_clocks();
  switch (how) {
    case errc::connect_timeout: return clocks.connect();
    case errc::header_timeout: return clocks.headers();
    case errc::first_content_timeout: return clocks.first_content();
    case errc::between_content_timeout: return clocks.between_content();
    default: return {};
  }
}

/// HTTP/2, after a call in vain: so long a silent connection is given to show that it lives, then comes a fresh one.
constexpr duration ping = std::chrono::seconds{2};

bool only_silence_explains(errc how) { return length_of(how) != duration{}; }

/// A fault after which the peer says nothing more without closing anything.
bool may_fall_silent(const fault& what) {
  return what.kind() == fault_kind::stall || what.kind() == fault_kind::garbage || what.is_from_client();
}

bool is_class_allowed(error_class kind, bool after_content) {
  switch (kind) {
    case error_class::connect:
    case error_class::transport:
    case error_class::pre_content: return !after_content;
    case error_class::truncated:
    case error_class::stalled: return after_content;
    default: return false;
  }
}

/// The loopback server takes a nanosecond from one piece of an answer to the next.
bool lasted(duration took, duration expected) {
  return took >= expected && took < expected + std::chrono::microseconds{1};
}

/// Without TLS nothing protects an event's field name: garbled, the event is another one and has to be ignored.
bool may_lack_words(const exchange_plan& plan, const fault& what, std::string_view text) {
  if (plan.tls || plan.how == form::whole || what.kind() != fault_kind::garbage || what.is_from_client()) return false;
  std::size_t found = 0;
  for (const char letter : sweep_text)
    if (found < text.size() && text[found] == letter) ++found;
  return found == text.size();
}

/// A garbled request without TLS may be one that the server has something to say about.
bool is_answer_to_garbage(const exchange_plan& plan, const fault& what, const error& why) {
  return what.kind() == fault_kind::garbage && what.is_from_client() && !plan.tls && why.status() >= 400;
}

std::string judge_failure(const exchange_plan& plan, const fault& what, const tried_call& call) {
  const auto& why = *call.got.failure;
  const auto described = [&](const char* problem) {
    return std::string{problem} + ": " + why.message() + " (" + std::string{to_string(why.kind())} + ", after \"" +
           call.got.text + "\")";
  };
  if (is_answer_to_garbage(plan, what, why)) return {};
  if (!is_class_allowed(why.kind(), !call.got.text.empty())) return described("a class that does not fit");
  if (only_silence_explains(why.code()) && !may_fall_silent(what)) return described("a clock ran out for nothing");
  if (!lasted(call.took, length_of(why.code()))) return described("not in its time");
  if (what.kind() != fault_kind::garbage && !sweep_text.starts_with(call.got.text)) return described("a wrong text");
  return {};
}

}  // namespace

std::string judge(const exchange_plan& plan, const exchange_size& whole, const fault& what, bool struck,
                  const std::vector<tried_call>& calls) {
  bool all_answered = true;
  for (const auto& call : calls) {
    if (!call.got.ledger_is_closed()) return "the ledger has rows that still run";
    if (call.got.report.attempts.size() != 1) return "not one attempt";
    if (call.got.failure) {
      all_answered = false;
      if (auto problem = judge_failure(plan, what, call); !problem.empty()) return problem;
    } else if (call.got.text != sweep_text && !may_lack_words(plan, what, call.got.text)) {
      return "answered with a wrong text: " + call.got.text;
    } else if (!lasted(call.took, duration{}) && !(plan.version == net::http_version::http2 && lasted(call.took, ping))) {
      return "an answer that took its time";
    }
  }
  if (!struck && !all_answered) return "nothing was done to the connection, and yet the call failed";
  // Signatures of a handshake differ by a byte or two.
  const bool incomplete = what.after() + 8 < whole.from_server && what.kind() != fault_kind::garbage;
  if (plan.how == form::whole && plan.calls == 1 && !what.is_from_client() && incomplete && all_answered)
    return "answered before the answer was there";
  return {};
}

}  // namespace cohedge::tests
