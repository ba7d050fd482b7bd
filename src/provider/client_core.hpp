#pragma once

#include <cohedge/async/scope.hpp>
#include <cohedge/net/transport.hpp>
#include <cohedge/provider/client.hpp>

#include <memory>

namespace cohedge {

/// What a client and its providers share.
class client_core {
 public:
  client_core(const asio::any_io_executor& executor, client_options options);

  asio::any_io_executor executor;
  limits bounds;
  net::tls_options tls;
  net::proxy_settings proxies;
  plan::clock_limits clocks;
  std::shared_ptr<call_observer> observer;
  net::transport transport;
  scope reaper;
  bool closed = false;
};

}  // namespace cohedge
