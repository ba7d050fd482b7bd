#include <cohedge/net/transport.hpp>

#include "carrier.hpp"
#include "connection_pool.hpp"

#include <algorithm>
#include <utility>

namespace cohedge::net {

namespace {

/// A request that was certainly not processed is sent again so often: a server that restarts may close two in a row.
constexpr int most_replays = 2;

}  // namespace

transport::transport(asio::any_io_executor executor, std::unique_ptr<connector> opener, const limits& bounds)
    : executor_{std::move(executor)}, connector_{std::move(opener)}, limits_{bounds} {}

transport::~transport() { close(); }

std::shared_ptr<connection_pool> transport::pool(const destination& to) {
  for (const auto& known : pools_)
    if (known->to() == to) return known;
  std::erase_if(pools_, [](const auto& known) { return known.use_count() == 1 && known->open() == 0; });
  auto fresh = std::make_shared<connection_pool>(executor_, connector_, to, limits_);
  if (closed_) fresh->close();
  pools_.push_back(fresh);
  return fresh;
}

static task<exchange> go(carried over, const sending& request) {
  request.watch.sending();
  auto& carrier = *over;
  return carrier.ask(std::move(over), request);
}

static task<exchange> go_by_whatever_comes(sending request) {
  auto taking = request.over.take(request.watch, request.fresh);
  auto taken = co_await std::move(taking);
  if (!taken) co_return std::move(taken).error();
  auto going = go(std::move(taken).value(), request);
  co_return co_await std::move(going);
}

bool may_go_again(const carrier& failed, const sending& request, const chain& here) noexcept {
  return !here.stopped() && request.replays < most_replays && failed.replayable(request.head);
}

task<exchange> go_again(carried failed, sending request) {
  failed.reset();
  request.over.distrust_idle();
  request.watch.replaying();
  request.fresh = false;
  ++request.replays;
  return go_by_whatever_comes(request);
}

// No coroutine of its own where a connection is ready, as nearly always.
task<exchange> transport::send(connection_pool& over, const request_head& head, std::string_view body,
                               exchange_watch& watch) {
  const sending request{over, head, body, watch};
  if (auto ready = over.ready(watch)) return go(std::move(ready), request);
  return go_by_whatever_comes(request);
}

task<void> transport::warm_up(connection_pool& over) { return over.warm_up(); }

void transport::close() noexcept {
  closed_ = true;
  for (const auto& known : pools_) known->close();
}

std::size_t transport::idle_connections() const noexcept {
  std::size_t sum = 0;
  for (const auto& known : pools_) sum += known->idle();
  return sum;
}

std::size_t transport::open_connections() const noexcept {
  std::size_t sum = 0;
  for (const auto& known : pools_) sum += known->open();
  return sum;
}

}  // namespace cohedge::net
