#include <cohedge/net/connector.hpp>

#include "dial.hpp"
#include "resolve.hpp"
#include "socket_streams.hpp"
#include "tls_context.hpp"
#include "tls_stream.hpp"

#include <optional>
#include <string>
#include <utility>

namespace cohedge::net {

using asio::ip::tcp;

namespace {

class tcp_connector final : public connector {
 public:
  task<std::unique_ptr<byte_stream>> connect(const destination& whom) override {
    const auto& to = whom.to();
    if (!to.secure) {
      auto connected = co_await reach(to);
      if (!connected) co_return connected.error();
      co_return make_tcp_stream(std::move(connected).value());
    }
    if (!trust_) trust_.emplace(tls_client_context::make(whom.tls()));
    if (!*trust_) co_return trust_->error();
    auto connected = co_await reach(to);
    if (!connected) co_return connected.error();
    auto ssl = trust_->value()->connection_to(to.host);
    auto stream =
        std::make_unique<tls_stream>(std::move(connected).value(), std::move(ssl), tls_stream::half::client);
    const auto trusted = co_await stream->handshake(to.host);
    if (!trusted) co_return trusted.error();
    co_return std::unique_ptr<byte_stream>{std::move(stream)};
  }

 private:
  static task<tcp::socket> reach(const origin& to) {
    auto addresses = co_await resolve(to.host, to.port);
    if (!addresses) co_return addresses.error();
    co_return co_await dial_first(to, addresses.value());
  }

  std::optional<result<std::unique_ptr<tls_client_context>>> trust_;
};

}  // namespace

std::unique_ptr<connector> make_tcp_connector(const asio::any_io_executor&, std::shared_ptr<tls_session_cache>) {
  return std::make_unique<tcp_connector>();
}

}  // namespace cohedge::net
