#include "stage.hpp"

#include <cohedge/async/spawn.hpp>

#include <new>

namespace cohedge::tests {

using namespace std::chrono_literals;

void stage::open(asio::any_io_executor executor, std::unique_ptr<net::connector> real, client_options options) {
  network_.emplace(std::move(real));
  plan::clock_limits clocks;
  clocks.connect(1s).headers(2s).first_content(3s).between_content(4s);
  options.network(network_->connector()).clocks(clocks);
  client_.emplace(std::move(executor), std::move(options));
}

std::optional<result<answered>> stage::play(const std::function<task<answered>(stage&)>& work) {
  std::optional<result<answered>> got;
  const auto finished = [&](result<answered> outcome) {
    if (got) outcome = error{errc::unhandled_exception, "a second outcome"};
    got.emplace(std::move(outcome));
  };
  try {
    spawn(executor(), work(*this), finished);
  } catch (const std::bad_alloc&) {
    return result<answered>{error{errc::out_of_memory}};  // nothing has begun, and whoever spawns is told
  }
  run_until([&] { return got.has_value(); });
  return got;
}

}  // namespace cohedge::tests
