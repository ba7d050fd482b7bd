#include "client_core.hpp"

#include <cohedge/provider/provider.hpp>

namespace cohedge {

namespace {

std::unique_ptr<net::connector> network_of(const asio::any_io_executor& executor, client_options& options) {
  if (auto given = options.take_network()) return given;
  return net::make_tcp_connector(executor, options.tls_sessions(), options.bounds());
}

task<void> close_core(std::shared_ptr<client_core> core) {
  core->closed = true;
  core->reaper.cancel_all(errc::closed);
  core->transport.close();
  co_return co_await core->reaper.join();
}

}  // namespace

client_core::client_core(const asio::any_io_executor& on, client_options options)
    : executor{on},
      bounds{options.bounds()},
      tls{options.tls()},
      proxies{options.proxies() ? *options.proxies() : net::proxy_settings::from_environment()},
      clocks{options.clocks()},
      observer{options.observer()},
      transport{on, network_of(on, options), options.bounds()} {}

client::client(asio::any_io_executor executor, client_options options)
    : core_{std::make_shared<client_core>(executor, std::move(options))} {}

client::~client() {
  core_->closed = true;
  core_->reaper.abandon_all();
  core_->transport.close();
}

const asio::any_io_executor& client::executor() const noexcept { return core_->executor; }
task<void> client::close() { return close_core(core_); }
task<void> client::warm_up(const provider& asked) const { return asked.warm_up(); }
std::size_t client::open_connections() const noexcept { return core_->transport.open_connections(); }
std::size_t client::idle_connections() const noexcept { return core_->transport.idle_connections(); }
std::size_t client::running_losers() const noexcept { return core_->reaper.size(); }

}  // namespace cohedge
