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

task<exchange> transport::send(connection_pool& over, const request_head& head, std::string_view body,
                               exchange_watch& watch) {
  const chain& here = co_await this_chain;
  if (here.stopped()) co_return error{here.stop_reason()};
  for (int replays = 0;; ++replays) {
    bool fresh = false;
    auto carried_by = over.ready(watch.now(here));
    if (!carried_by) {
      auto taking = over.take(watch, fresh);
      auto taken = co_await std::move(taking);
      if (!taken) co_return std::move(taken).error();
      carried_by = std::move(taken).value();
    }
    watch.sending();
    auto asking = carried_by->ask(head, body);
    const auto answered = co_await std::move(asking);
    if (answered) co_return exchange{std::move(carried_by), fresh, replays > 0};
    if (here.stopped() || replays == most_replays || !carried_by->replayable(head)) co_return answered.error();
    carried_by.reset();
    over.distrust_idle();
    watch.replaying();
  }
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
