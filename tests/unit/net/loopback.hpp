#pragma once

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/net/byte_stream.hpp>
#include <cohedge/net/transport.hpp>

#include "../../../src/net/socket_streams.hpp"
#include "catch.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {

using asio::ip::tcp;

/// An event loop that a test runs to the end; tasks run on it at the same time.
class loop {
  std::vector<std::shared_ptr<void>> started_;  // chains use their signals until the event loop has gone

 public:
  asio::io_context io;

  asio::any_io_executor executor() { return io.get_executor(); }

  /// Starts a task; its result is there after `run`. Emit `stop` to cancel it.
  template <class T>
  struct started {
    std::optional<result<T>> outcome;
    asio::cancellation_signal stop;
    void cancel() { stop.emit(asio::cancellation_type::terminal); }
  };
  template <class T>
  std::shared_ptr<started<T>> start(task<T> work) {
    auto run = std::make_shared<started<T>>();
    started_.push_back(run);
    auto on_end = [to = run.get()](result<T> outcome) { to->outcome.emplace(std::move(outcome)); };
    spawn(io, std::move(work), asio::bind_cancellation_slot(run->stop.slot(), std::move(on_end)));
    return run;
  }

  /// Runs until nothing is left to do. The time is no part of any test: it ends one that would hang.
  void run() {
    io.restart();
    io.run_for(std::chrono::seconds{5});
    CHECK(io.stopped());
  }

  /// Runs server and client to their ends and gives what came of the client.
  template <class T>
  result<T> run(task<void> server, task<T> client) {
    const auto serving = start(std::move(server));
    const auto asking = start(std::move(client));
    run();
    REQUIRE(serving->outcome);
    CHECK(serving->outcome->has_value());
    REQUIRE(asking->outcome);
    return std::move(*asking->outcome);
  }
};

/// The server's end of a connection.
class peer {
 public:
  explicit peer(std::unique_ptr<net::byte_stream> stream) : stream_{std::move(stream)} {}

  /// The next request's head, up to its empty line. Empty: the client closed.
  task<std::string> request() {
    char bytes[512];
    for (;;) {
      if (const auto end = seen_.find("\r\n\r\n"); end != std::string::npos) {
        auto head = seen_.substr(0, end + 4);
        seen_.erase(0, end + 4);
        co_return head;
      }
      const auto got = co_await net::read_some{*stream_, bytes};
      if (!got || got.value() == 0) co_return std::string{};
      seen_.append(bytes, got.value());
    }
  }
  /// Reads that many bytes after the head and forgets them.
  task<void> body(std::size_t size) {
    size -= seen_.size();
    seen_.clear();
    char bytes[8192];
    while (size > 0) {
      const auto got = co_await net::read_some{*stream_, bytes};
      if (!got || got.value() == 0) co_return errc::connection_closed;
      size -= got.value();
    }
    co_return success();
  }
  task<void> send(std::string_view text) { return net::write_all(*stream_, text); }
  /// Completes when the client has closed or reset; true if it sent nothing more before.
  task<bool> gone() {
    char bytes[512];
    bool silent = seen_.empty();
    for (;;) {
      const auto got = co_await net::read_some{*stream_, bytes};
      if (!got || got.value() == 0) co_return silent;
      silent = false;
    }
  }
  // With the checks inside, for Catch2 cannot check an expression that suspends.
  task<void> expect(std::string_view wanted) {
    const auto seen = co_await request();
    CHECK(seen.value() == wanted);
    co_return success();
  }
  task<void> expect_gone() {
    const auto silent = co_await gone();
    CHECK(silent.value());
    co_return success();
  }
  void close() { stream_->close(); }
  net::byte_stream& stream() { return *stream_; }

 private:
  std::unique_ptr<net::byte_stream> stream_;
  std::string seen_;
};

/// A listening socket on 127.0.0.1.
class listener {
 public:
  explicit listener(loop& on) : acceptor_{on.io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}} {}

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  net::destination destination() const { return net::destination{net::origin{false, "127.0.0.1", port()}}; }
  /// By TLS.
  net::destination destination(std::string host, const net::tls_options& tls) const {
    net::destination to{net::origin{true, std::move(host), port()}};
    to.tls(tls);
    return to;
  }
  /// What `fetch` sends.
  std::string get() const { return "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port()) + "\r\n\r\n"; }
  tcp::acceptor& acceptor() { return acceptor_; }

  task<tcp::socket> accept_socket() {
    tcp::socket connected{acceptor_.get_executor()};
    auto accepted = co_await acceptor_.async_accept(connected, use_task);
    if (const auto failed = std::get<0>(accepted)) co_return error{errc::closed, failed.message()};
    co_return std::move(connected);
  }
  task<peer> accept() {
    auto socket = co_await accept_socket();
    if (!socket) co_return socket.error();
    co_return peer{net::make_tcp_stream(std::move(socket).value())};
  }

 private:
  tcp::acceptor acceptor_;
};

/// Notes what an exchange tells its watch.
class noting_watch : public net::exchange_watch {
 public:
  void waiting() override { told += "waiting "; }
  void connecting() override { told += "connecting "; }
  void sending() override { told += "sending "; }
  void replaying() override { told += "replaying "; }

  std::string told;
};

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) ++count;
  return count;
}

constexpr std::string_view hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// One request, as far as its response's head.
inline task<net::exchange> ask_for(net::transport& over, net::destination to, net::exchange_watch& watch,
                                   std::string_view method = "GET", std::string_view body = {}) {
  const auto head = net::request_head::make(to, method, "/", {});
  const auto pool = over.pool(to);
  auto sending = over.send(*pool, head.value(), body, watch);
  co_return co_await std::move(sending);
}

/// One GET and the whole body, as text.
inline task<std::string> fetch(net::transport& over, net::destination to, net::exchange_watch& watch) {
  auto asking = ask_for(over, to, watch);
  auto answer = co_await std::move(asking);
  if (!answer) co_return answer.error();
  const auto body = co_await answer.value().read_all(1 << 20);
  if (!body) co_return body.error();
  co_return std::string{body.value()};
}

}  // namespace cohedge::tests
