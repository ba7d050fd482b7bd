#include <cohedge/net/connector.hpp>

#include "address_book.hpp"
#include "dial.hpp"
#include "proxy_tunnel.hpp"
#include "socket_streams.hpp"
#include "tls_session_cache.hpp"
#include "tls_stream.hpp"

#include <optional>
#include <string>
#include <utility>

namespace cohedge::net {

using asio::ip::tcp;

namespace {

class tcp_connector final : public connector {
 public:
  tcp_connector(const asio::any_io_executor& executor, std::shared_ptr<tls_session_cache> sessions, const limits& bounds)
      : sessions_{sessions ? std::move(sessions) : make_tls_session_cache(bounds)},
        book_{make_system_lookup(executor), bounds.known_hosts},
        limits_{bounds} {}

  task<std::unique_ptr<byte_stream>> connect(const destination& to) override {
    std::shared_ptr<const tls_client_context> trust;
    if (to.to().secure) {
      auto known = sessions_->context(to.tls());
      if (!known) co_return std::move(known).error();
      trust = std::move(known).value();
    }
    auto reaching = reach(to);
    auto socket = co_await std::move(reaching);
    if (!socket) co_return std::move(socket).error();
    if (!trust) co_return make_tcp_stream(std::move(socket).value());

    auto stream = std::make_unique<tls_stream>(std::move(socket).value(), trust->connection_to(to),
                                               tls_stream::half::client);
    auto shaking_hands = stream->handshake(to.to().host);
    const auto trusted = co_await std::move(shaking_hands);
    if (!trusted) {
      trust->forget(to);
      co_return trusted.error();
    }
    co_return std::unique_ptr<byte_stream>{std::move(stream)};
  }

 private:
  /// A socket whose bytes the origin gets, or a proxy that understands requests.
  task<stream_socket> reach(const destination& to) {
    if (to.unix_socket().empty()) return to.via() ? reach_through_proxy(to) : dial(to.to());
    return to.via() ? refused({errc::invalid_config, "either a proxy or a Unix-domain socket, not both"})
                    : dial_unix(to.unix_socket());
  }

  static task<stream_socket> refused(error why) { co_return why; }

  task<stream_socket> reach_through_proxy(const destination& to) {
    const origin between{false, to.via()->host(), to.via()->port()};
    auto dialling = dial(between);
    auto socket = co_await std::move(dialling);
    if (!socket) {
      auto why = std::move(socket).error();
      co_return why.with_detail("proxy " + std::string{why.detail()});
    }
    if (to.tunnelled()) {
      auto opening = open_tunnel(socket.value(), to, limits_);
      const auto opened = co_await std::move(opening);
      if (!opened) co_return opened.error();
    }
    co_return socket;
  }

  task<stream_socket> dial(const origin& to) {
    const chain& here = co_await this_chain;
    auto finding = book_.find(to.host);
    const auto found = co_await std::move(finding);
    if (!found) co_return found.error();
    std::vector<tcp::endpoint> endpoints;
    endpoints.reserve(found.value().size());
    for (const auto& address : found.value()) endpoints.emplace_back(address, to.port);
    auto dialling = dial_first(to, endpoints);
    auto socket = co_await std::move(dialling);
    std::error_code ignored;
    if (socket && endpoints.size() > 1) book_.worked(to.host, socket->remote_endpoint(ignored).address());
    if (!socket && !here.stopped()) book_.failed(to.host);
    if (!socket) co_return std::move(socket).error();
    co_return stream_socket{std::move(socket).value()};
  }

  std::shared_ptr<tls_session_cache> sessions_;
  address_book book_;
  limits limits_;
};

}  // namespace

std::unique_ptr<connector> make_tcp_connector(const asio::any_io_executor& executor,
                                              std::shared_ptr<tls_session_cache> sessions, const limits& bounds) {
  return std::make_unique<tcp_connector>(executor, std::move(sessions), bounds);
}

}  // namespace cohedge::net
