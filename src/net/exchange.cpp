#include <cohedge/net/transport.hpp>

#include "carrier.hpp"

#include <string>
#include <utility>

namespace cohedge::net {

void exchange_end::operator()(carrier* over) const noexcept { over->release(); }

int exchange::status() const noexcept { return over_->status(); }
const wire::header_block& exchange::headers() const noexcept { return over_->headers(); }
result<bool> exchange::try_body(std::string_view& piece) { return over_->try_body(piece); }
task<void> exchange::more() { return over_->more(); }
bool exchange::ended() const noexcept { return over_->ended(); }

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
        over_->abort();
        co_return error{errc::limit_exceeded, "a body of more than " + std::to_string(most) + " bytes"};
      }
      if (only.empty() && gathered.empty()) {
        only = piece;
        continue;
      }
      gathered.append(std::exchange(only, {})).append(piece);
    } else if (ended()) {
      break;
    } else {
      gathered.append(std::exchange(only, {}));
      auto reading = more();
      const auto received = co_await std::move(reading);
      if (!received) co_return received.error();
    }
  }
  if (gathered.empty()) co_return only;
  const auto size = gathered.size();
  gathered.append(64, '\0');
  co_return std::string_view{gathered.data(), size};
}

}  // namespace cohedge::net
