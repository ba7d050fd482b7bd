#include "handshake_line.hpp"

#include <algorithm>

namespace cohedge::net {

/// In line, from beginning to end.
class handshake_line::place {
 public:
  place(handshake_line& line, bell& called) : line_{line}, bell_{&called} { line_.waiting_.push_back(bell_); }
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() {
    std::erase(line_.waiting_, bell_);
    line_.call_first();
  }

  bool is_first() const noexcept { return line_.waiting_.front() == bell_; }

 private:
  handshake_line& line_;
  bell* bell_;
};

task<handshake_line::turn> handshake_line::take() {
  chain& here = co_await this_chain;
  if (waiting_.empty() && running_ < allowed_) {
    if (running_ == 0) allowed_ = at_once;
    moved_ = here.now();
    co_return turn{*this};
  }
  bell called{here};
  const place in_line{*this, called};
  for (;;) {
    called.set_until(in_line.is_first() ? moved_ + patience : time_point::max());
    co_await called;
    if (here.stopped()) co_return error{here.stop_reason()};
    if (!in_line.is_first()) continue;
    if (running_ >= allowed_ && here.now() >= moved_ + patience) allowed_ = running_ + at_once;
    if (running_ >= allowed_) continue;
    moved_ = here.now();
    co_return turn{*this};
  }
}

void handshake_line::ended() noexcept {
  --running_;
  call_first();
}

void handshake_line::call_first() noexcept {
  if (!waiting_.empty()) waiting_.front()->ring_later();
}

}  // namespace cohedge::net
