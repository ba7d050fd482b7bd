#include "server_core.hpp"

#include "error_bodies.hpp"
#include "loopback.hpp"
#include "net/socket_streams.hpp"

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/sleep.hpp>

#include <asio/buffer.hpp>

#include <array>

namespace cohedge::testing {

server_core::server_core(asio::any_io_executor executor, server_options options)
    : executor_{std::move(executor)}, options_{std::move(options)}, acceptor_{executor_}, port_{options_.port()} {}

server_core::~server_core() { stop(); }

result<void> server_core::load_identity() {
  if (!options_.is_tls() || identity_) return success();
  auto own = options_.own_certificate();
  if (!own) {
    certificate_authority authority;
    own = authority.issue({"127.0.0.1", "::1", "localhost"});
    ca_pem_ = authority.ca_pem();
  }
  net::tls_server_options how;
  if (options_.offers_http2()) how.offer_http2();
  auto loaded = net::tls_server_context::from_pem(own->cert_pem, own->key_pem, how);
  if (!loaded) return std::move(loaded).error();
  identity_ = std::move(loaded).value();
  return success();
}

result<void> server_core::listen() {
  if (auto listening = listen_on_loopback(acceptor_, port_); !listening) return listening;
  std::error_code ignored;
  port_ = acceptor_.local_endpoint(ignored).port();
  return success();
}

result<void> server_core::start() {
  if (acceptor_.is_open()) return success();
  if (auto loaded = load_identity(); !loaded) return loaded;
  if (auto listening = listen(); !listening) return listening;
  if (!serving_) serving_.emplace();
  accepting_.emplace();
  accepting_->start(executor_, accept_all());
  return success();
}

void server_core::refuse() noexcept {
  std::error_code ignored;
  acceptor_.close(ignored);
  accepting_.reset();
}

void server_core::stop() noexcept {
  refuse();
  serving_.reset();
}

task<void> server_core::accept_all() {
  for (;;) {
    asio::ip::tcp::socket fresh{executor_};
    auto accepting = acceptor_.async_accept(fresh, use_task);
    const auto [failed] = co_await accepting;
    if (!acceptor_.is_open()) co_return errc::closed;
    if (!failed) {
      serving_->start(executor_, serve(std::move(fresh), next_connection_++));
      continue;
    }
    const auto waited = co_await sleep_for(std::chrono::milliseconds{10});  // out of descriptors, most likely
    if (!waited) co_return waited;
  }
}

namespace {

/// Reads until the client has had enough.
task<void> swallow(asio::ip::tcp::socket& from) {
  std::array<char, 4096> dropped;
  for (;;) {
    auto reading = from.async_read_some(asio::buffer(dropped), use_task);
    const auto [failed, size] = co_await reading;
    if (failed) co_return errc::connection_closed;
  }
}

}  // namespace

task<void> server_core::serve(asio::ip::tcp::socket accepted, std::size_t number) {
  const open_connection counted{board_};
  const auto fate = options_.on_connection() ? options_.on_connection()(number) : connection_fate::serve;
  const int handle = accepted.native_handle();
  if (fate == connection_fate::reset) linger_not(handle);
  if (fate == connection_fate::silence) {
    auto unheard = swallow(accepted);
    co_await std::move(unheard);
  }
  if (fate != connection_fate::serve) co_return success();

  std::unique_ptr<net::byte_stream> stream;
  if (identity_) {
    auto shaking_hands = net::accept_tls(*identity_, std::move(accepted));
    auto secured = co_await std::move(shaking_hands);
    if (!secured) {
      board_.change([](server_counters& now) { ++now.failed_handshakes; });
      co_return std::move(secured).error();
    }
    stream = std::move(secured).value();
  } else {
    stream = net::make_tcp_stream(std::move(accepted));
  }
  if (options_.always().prepared_bytes() && !options_.script()) {
    auto fast = serve_prepared(*this, *stream);
    co_return co_await std::move(fast);
  }
  auto serving = serve_connection(*this, *stream, handle, number);
  co_return co_await std::move(serving);
}

void server_core::keep(const server_request& asked) {
  if (kept_.size() < options_.kept_requests()) kept_.push_back(asked);
}

bool server_core::unauthorised(const server_request& asked) const {
  if (options_.required_key().empty() || asked.path().ends_with("/health")) return false;
  return asked.header("authorization") != "Bearer " + options_.required_key();
}

scripted_response server_core::decide(const server_request& asked) {
  const auto seed = splitmix{options_.seed() + asked.number}();
  if (unauthorised(asked)) return behaviour{}.status(401).response(asked, seed);
  if (!options_.script()) return options_.always().response(asked, seed);
  return options_.script()(asked).response(asked, seed);
}

}  // namespace cohedge::testing
