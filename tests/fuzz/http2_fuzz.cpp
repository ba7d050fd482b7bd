// Fuzz target for the client's HTTP/2: the input is what a server sends. The oracle: however the bytes are cut, the
// responses come to the same, but for how much came before one failed, and so does the connection; a response never both
// ends and fails; and the limits hold. Small ones, to be reached.

#include "target.hpp"

#include "net/http2_session.hpp"

#include <memory>
#include <string>

namespace cohedge::fuzz {
namespace {

limits small_limits() {
  limits bounds;
  bounds.header_block = 400;
  bounds.header_count = 12;
  bounds.trailer_block = 80;
  bounds.interim_responses = 3;
  bounds.body = 2000;
  bounds.http2_idle_frames = 20;
  return bounds;
}

const net::request_head& post() {
  static const auto head = [] {
    const net::destination to{net::origin{false, "a.test", 80}};
    return std::move(net::request_head::make(to, "POST", "/", {})).value();
  }();
  return head;
}

struct outcome {
  std::string responses;
  std::string why_over;  // empty: the connection goes on
};

/// What two requests come to when the server sends these bytes in pieces of `step`, 0: whole.
outcome run_in_pieces(std::string_view bytes, std::size_t step) {
  const auto bounds = small_limits();
  net::http2_session session{bounds};
  net::http2_response responses[2];
  for (auto& response : responses)
    require(session.open(response, post(), "body").has_value());
  outcome seen;
  std::string out;
  require(session.collect(out, 1 << 20).has_value());
  while (!bytes.empty()) {
    const auto piece = step == 0 ? bytes : bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    const auto memory = std::make_unique<char[]>(piece.size());
    piece.copy(memory.get(), piece.size());
    if (const auto heard = session.receive({memory.get(), piece.size()}); !heard) {
      seen.why_over = heard.error().message();
      break;
    }
    for (auto& response : responses) {
      session.taken(response, response.arrived.size());
      response.arrived.clear();
    }
    if (session.has_output()) require(session.collect(out, 1 << 20).has_value());
  }
  require(session.collect(out, 1 << 20).has_value());
  if (seen.why_over.empty() && session.over()) seen.why_over = session.why_over().message();
  while (session.next_changed()) {
  }
  for (auto& response : responses) {
    require(!response.ended || !response.failure);
    require(response.body_bytes <= bounds.body);
    require(response.headers.size() <= bounds.header_count);
    seen.responses += std::to_string(response.status) + (response.head_complete ? "h" : "") + (response.ended ? "e" : "") +
           (response.failure ? "f" : std::to_string(response.body_bytes)) + ' ';
    session.forget(response);
  }
  out.clear();
  static_cast<void>(session.collect(out, 1 << 20));
  return seen;
}

void run(std::string_view bytes) {
  const auto whole = run_in_pieces(bytes, 0);
  for (const std::size_t step : {1, 7}) {
    const auto cut = run_in_pieces(bytes, step);
    require(cut.responses == whole.responses && cut.why_over == whole.why_over);
  }
}

const registered here{"http2", &run};

}  // namespace
}  // namespace cohedge::fuzz
