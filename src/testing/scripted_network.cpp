#include <cohedge/testing/scripted_network.hpp>

#include <cohedge/async/sleep.hpp>

#include "forever.hpp"
#include "scripted_stream.hpp"

#include <algorithm>

namespace cohedge::testing {

namespace {

class scripted_connector final : public net::connector {
 public:
  explicit scripted_connector(std::shared_ptr<scripted_network::state> network) : network_{std::move(network)} {}

  task<std::unique_ptr<net::byte_stream>> connect(const net::destination& to) override {
    return open(network_, to.to());
  }

 private:
  /// Counts a connect for as long as it is under way.
  struct under_way {
    explicit under_way(std::size_t& of) noexcept : count{of} { ++count; }
    under_way(const under_way&) = delete;
    under_way& operator=(const under_way&) = delete;
    ~under_way() { --count; }
    std::size_t& count;
  };

  static task<std::unique_ptr<net::byte_stream>> open(std::shared_ptr<scripted_network::state> network,
                                                      net::origin to) {
    auto& here = co_await this_chain;
    const under_way counted{network->connecting};
    const auto number = network->connects++;
    const auto how = network->on_connect ? network->on_connect(to, number) : connect_script{};
    const auto ready = how.does_hang() ? forever : here.now() + how.latency();
    const auto waited = co_await sleep_until{ready};
    if (!waited) co_return waited.error();
    if (how.does_hang()) co_return error{errc::connect_timeout};
    if (how.failure()) co_return *how.failure();
    std::unique_ptr<net::byte_stream> stream =
        std::make_unique<scripted_stream>(network, here.time_pointer(), to, how);
    co_return std::move(stream);
  }

  std::shared_ptr<scripted_network::state> network_;
};

}  // namespace

scripted_network::scripted_network(std::uint64_t seed) : state_{std::make_shared<state>(seed)} {}
scripted_network::~scripted_network() = default;
scripted_network::scripted_network(scripted_network&&) noexcept = default;
scripted_network& scripted_network::operator=(scripted_network&&) noexcept = default;

scripted_network& scripted_network::on_connect(connect_function script) {
  state_->on_connect = std::move(script);
  return *this;
}

scripted_network& scripted_network::on_request(request_function script) {
  state_->on_request = std::move(script);
  return *this;
}

std::unique_ptr<net::connector> scripted_network::connector() { return std::make_unique<scripted_connector>(state_); }

const std::vector<recorded_request>& scripted_network::requests() const noexcept { return state_->requests; }
const std::vector<connection_record>& scripted_network::connections() const noexcept { return state_->connections; }
std::size_t scripted_network::connecting_now() const noexcept { return state_->connecting; }
std::size_t scripted_network::bad_requests() const noexcept { return state_->bad_requests; }

std::size_t scripted_network::open_now() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(connections(), &connection_record::open));
}

std::size_t scripted_network::closed_by_client() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(connections(), [](const auto& c) { return !c.open && !c.ended_by_server; }));
}

}  // namespace cohedge::testing
