// When a connection is lost without an answer: is it certain that the request did not arrive? Loopback delivers within
// the system call, so what happens before what is as written here.

#include "loopback.hpp"
#include "temporary_file.hpp"

#include <cohedge/testing/certificates.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <utility>

namespace cohedge::tests {
namespace {

/// Both ends of a connection that has carried a request and its answer: from then on the systems put off their
/// acknowledgements until they have something to send.
class connection {
 public:
  explicit connection(bool secure) : secure_{secure} {}
  ~connection() {
    if (wire_ >= 0) ::close(wire_);
  }

  result<void> run(std::function<task<void>(connection&)> test) {
    auto both = [&]() -> task<void> {
      for (int i = 0; i < 3; ++i) {
        co_await net::write_all(*client, "ask");
        co_await hear(*server, "ask");
        co_await net::write_all(*server, "answer");
        co_await hear(*client, "answer");
      }
      auto testing = test(*this);
      const auto tested = co_await std::move(testing);
      client.reset();
      server.reset();
      co_return tested;
    };
    auto serve = [&]() -> task<void> {
      auto socket = (co_await listening_.accept_socket()).value();
      wire_ = ::dup(socket.native_handle());
      if (!secure_) {
        server = net::make_tcp_stream(std::move(socket));
        co_return success();
      }
      auto accepted = co_await net::accept_tls(*identity_, std::move(socket));
      server = std::move(accepted).value();
      co_return success();
    };
    auto connect = [&]() -> task<void> {
      auto connected = co_await opener_->connect(to_);
      client = std::move(connected).value();
      co_return success();
    };
    CHECK(on_.run(serve(), connect()));
    const auto testing = on_.start(both());
    on_.run();
    return std::move(*testing->outcome);
  }

  static task<void> hear(net::byte_stream& from, std::string_view text) {
    char bytes[100];
    const auto got = co_await net::read_some{from, bytes};
    CHECK(std::string_view(bytes, got.value()) == text);
    co_return success();
  }
  /// Everything that happens from now on at the server's end is as if the process had died.
  void linger_not() const {
    const ::linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(wire_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  void close_server() {
    ::close(std::exchange(wire_, -1));
    server->close();
  }
  void half_close_server() const { ::shutdown(wire_, SHUT_WR); }

 private:
  loop on_;
  bool secure_;
  listener listening_{on_};
  testing::certificate_authority authority_;
  testing::certificate made_ = authority_.issue({"localhost"});
  temporary_file trusted_{authority_.ca_pem()};
  std::shared_ptr<net::tls_server_context> identity_ =
      net::tls_server_context::from_pem(made_.cert_pem, made_.key_pem).value();
  net::destination to_ = secure_ ? listening_.destination("localhost", net::tls_options{}.extra_ca_file(trusted_.path()))
                                 : listening_.destination();
  std::unique_ptr<net::connector> opener_ = net::make_tcp_connector(on_.executor(), {});
  int wire_ = -1;

 public:
  std::unique_ptr<net::byte_stream> client, server;
};

/// What the client sees at the end, and whether its request certainly did not arrive.
task<void> expect_end(connection& of, errc seen, bool undelivered) {
  char bytes[100];
  const auto got = co_await net::read_some{*of.client, bytes};
  if (seen == errc::none)
    CHECK(got.value() == 0);
  else
    CHECK(got.error().code() == seen);
  CHECK(of.client->undelivered() == undelivered);
  of.client->close();
  CHECK(of.client->undelivered() == undelivered);
  co_return success();
}

TEST_CASE("a request that met a closed connection was not delivered", "[net]") {
  const bool secure = GENERATE(false, true);
  connection c{secure};
  auto test = [](connection& on) -> task<void> {
    on.close_server();
    co_await net::write_all(*on.client, "again");
    co_return co_await expect_end(on, errc::none, true);
  };
  CHECK(c.run(test));
}

TEST_CASE("a TLS connection that was cut off before the request came did not deliver it", "[net][tls]") {
  connection c{true};
  auto test = [](connection& on) -> task<void> {
    on.half_close_server();
    co_await net::write_all(*on.client, "again");
    co_return co_await expect_end(on, errc::connection_closed, true);
  };
  CHECK(c.run(test));
}

TEST_CASE("a server that closes after it has read the request has had it", "[net]") {
  const bool secure = GENERATE(false, true);
  connection c{secure};
  auto test = [](connection& on) -> task<void> {
    co_await net::write_all(*on.client, "again");
    co_await connection::hear(*on.server, "again");
    on.close_server();
    co_return co_await expect_end(on, errc::none, false);
  };
  CHECK(c.run(test));
}

TEST_CASE("a reset proves nothing", "[net]") {
  const bool secure = GENERATE(false, true);
  const bool read = GENERATE(false, true);
  connection c{secure};
  const auto seen = secure ? errc::none : errc::connection_reset;  // TLS says farewell before the reset
  auto test = [read, seen](connection& on) -> task<void> {
    co_await net::write_all(*on.client, "again");
    if (read) co_await connection::hear(*on.server, "again");  // its system has put off the acknowledgement
    on.linger_not();
    on.close_server();
    co_return co_await expect_end(on, seen, false);
  };
  CHECK(c.run(test));
}

TEST_CASE("a reset after the end proves nothing either", "[net]") {
  connection c{false};
  auto test = [](connection& on) -> task<void> {
    co_await net::write_all(*on.client, "again");
    co_await connection::hear(*on.server, "again");
    on.half_close_server();
    on.linger_not();
    on.close_server();
    co_return co_await expect_end(on, errc::none, false);
  };
  CHECK(c.run(test));
}

TEST_CASE("a new connection has failed to deliver nothing", "[net]") {
  connection c{false};
  auto test = [](connection& on) -> task<void> {
    CHECK_FALSE(on.client->undelivered());
    co_await net::write_all(*on.client, "again");
    CHECK_FALSE(on.client->undelivered());
    co_return success();
  };
  CHECK(c.run(test));
}

}  // namespace
}  // namespace cohedge::tests
