#include <cohedge/net/transport.hpp>

#include "connection.hpp"

#include <string>
#include <utility>

namespace cohedge::net {

using wire::http1_step;

exchange::exchange(std::unique_ptr<connection> over, bool fresh, bool replayed) noexcept
    : over_{std::move(over)}, fresh_{fresh}, replayed_{replayed} {}

exchange::exchange(exchange&& other) noexcept = default;

exchange& exchange::operator=(exchange&& other) noexcept {
  if (this == &other) return *this;
  finish();
  over_ = std::move(other.over_);
  fresh_ = other.fresh_;
  replayed_ = other.replayed_;
  ended_ = other.ended_;
  return *this;
}

exchange::~exchange() { finish(); }

/// Back to the pool if the end of the body is here; whoever stopped at a stream's last event has often not looked.
void exchange::finish() noexcept {
  if (!over_) return;
  std::string_view rest;
  for (auto got = try_body(rest); got && got.value();) got = try_body(rest);
  auto& pool = over_->where().pool();
  pool.give_back(std::move(over_));
}

int exchange::status() const noexcept { return over_->parser().status(); }
const wire::header_block& exchange::headers() const noexcept { return over_->parser().headers(); }

result<bool> exchange::try_body(std::string_view& piece) {
  if (ended_) return false;
  for (;;) {
    const auto step = over_->next();
    if (!step) return step.error();
    switch (step.value()) {
      case http1_step::body: return piece = over_->parser().body(), true;
      case http1_step::end: return ended_ = true, false;
      case http1_step::need_more: return false;
      case http1_step::head: break;
    }
  }
}

task<void> exchange::more() { return over_->receive(); }

task<std::string_view> exchange::read_all(std::size_t most) {
  std::string_view only;  // the one piece so far, in the receive buffer
  auto& gathered = over_->gathered();
  gathered.clear();
  for (;;) {
    std::string_view piece;
    const auto got = try_body(piece);
    if (!got) co_return got.error();
    if (got.value()) {
      if (piece.size() > most - (only.size() + gathered.size())) {
        over_->close();
        co_return error{errc::limit_exceeded, "a body of more than " + std::to_string(most) + " bytes"};
      }
      if (only.empty() && gathered.empty()) {
        only = piece;
        continue;
      }
      gathered.append(std::exchange(only, {})).append(piece);
    } else if (ended_) {
      break;
    } else {
      gathered.append(std::exchange(only, {}));
      const auto received = co_await more();
      if (!received) co_return received.error();
    }
  }
  if (gathered.empty()) co_return only;
  const auto size = gathered.size();
  gathered.append(64, '\0');
  co_return std::string_view{gathered.data(), size};
}

}  // namespace cohedge::net
