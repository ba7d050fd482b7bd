#include <cohedge/testing/failing_network.hpp>

#include <cohedge/async/sleep.hpp>

#include "failing_stream.hpp"
#include "forever.hpp"

#include <utility>

namespace cohedge::testing {

const char* to_string(io_failure how) noexcept {
  switch (how) {
    case io_failure::reset: return "reset";
    case io_failure::close: return "close";
    case io_failure::hang: return "hang";
    case io_failure::shrink: return "shrink";
  }
  return "?";
}

std::optional<io_failure> failing_network::state::next(std::size_t io_calls::*kind) noexcept {
  const bool fails = calls.all() == fails_at;
  ++(calls.*kind);
  if (!fails) return std::nullopt;
  struck = true;
  return how;
}

namespace {

using net_state = failing_network::state;

class failing_connector final : public net::connector {
 public:
  explicit failing_connector(std::shared_ptr<net_state> network) : network_{std::move(network)} {}

  task<std::unique_ptr<net::byte_stream>> connect(const net::destination& to) override { return open(network_, to); }

 private:
  static task<std::unique_ptr<net::byte_stream>> open(std::shared_ptr<net_state> network, const net::destination& to) {
    const auto wrong = network->next(&io_calls::connects);
    if (wrong == io_failure::reset) co_return error{errc::connect_failed};
    if (wrong == io_failure::close) co_return error{errc::connection_refused};
    if (wrong == io_failure::hang) {
      const auto waited = co_await sleep_until{forever};
      co_return waited ? error{errc::connect_timeout} : waited.error();
    }
    auto connecting = network->real->connect(to);
    auto stream = co_await std::move(connecting);
    if (!stream) co_return std::move(stream).error();
    std::unique_ptr<net::byte_stream> failing = std::make_unique<failing_stream>(network, std::move(stream).value());
    co_return std::move(failing);
  }

  std::shared_ptr<net_state> network_;
};

}  // namespace

failing_network::failing_network(std::unique_ptr<net::connector> real)
    : state_{std::make_shared<state>(std::move(real))} {}
failing_network::~failing_network() = default;
failing_network::failing_network(failing_network&&) noexcept = default;
failing_network& failing_network::operator=(failing_network&&) noexcept = default;

failing_network& failing_network::fail(std::size_t number, io_failure how) {
  state_->fails_at = number;
  state_->how = how;
  return *this;
}

std::unique_ptr<net::connector> failing_network::connector() { return std::make_unique<failing_connector>(state_); }

const io_calls& failing_network::calls() const noexcept { return state_->calls; }
bool failing_network::struck() const noexcept { return state_->struck; }
std::size_t failing_network::streams() const noexcept { return state_->streams; }

}  // namespace cohedge::testing
