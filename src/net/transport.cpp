#include <cohedge/net/transport.hpp>

#include "connection.hpp"

#include <utility>

namespace cohedge::net {

transport::transport(asio::any_io_executor executor, std::unique_ptr<connector> opener, const limits& bounds)
    : connector_{std::move(opener)}, limits_{bounds}, pool_{std::make_shared<connection_pool>(executor, bounds)} {}

transport::~transport() { close(); }

void transport::close() noexcept { pool_->close(); }
std::size_t transport::idle_connections() const noexcept { return pool_->idle(); }
std::size_t transport::open_connections() const noexcept { return pool_->open(); }

task<std::unique_ptr<connection>> transport::open(const origin& to) {
  auto place = pool_->reserve(to);
  if (!place) co_return place.error();
  auto stream = co_await connector_->connect(to);
  if (!stream) co_return stream.error();
  co_return std::make_unique<connection>(std::move(place).value(), std::move(stream).value(), limits_);
}

namespace {

/// The server closed a kept-alive connection while the request was on its way: it has not even begun to answer.
bool proved_dead(const connection& used, errc failure) noexcept {
  return !used.parser().started() && (failure == errc::connection_reset || failure == errc::connection_closed);
}

}  // namespace

task<exchange> transport::send(const origin& to, std::string_view method, std::string_view request,
                               exchange_watch& watch) {
  const chain& here = co_await this_chain;
  if (here.stopped()) co_return error{here.stop_reason()};
  auto over = pool_->take(to);
  bool replayed = false;
  for (;;) {
    const bool fresh = !over;
    if (fresh) {
      watch.connecting();
      auto opened = co_await open(to);
      if (!opened) co_return opened.error();
      over = std::move(opened).value();
    }
    watch.sending();
    const auto answered = co_await over->ask(method, request);
    if (answered) co_return exchange{std::move(over), fresh, replayed};
    if (fresh || !proved_dead(*over, answered.error().code())) co_return answered.error();
    over.reset();
    replayed = true;
    watch.replaying();
  }
}

}  // namespace cohedge::net
