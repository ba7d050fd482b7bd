#include "secure_world.hpp"

namespace cohedge::tests {
namespace {

net::tls_server_options older(bool only_tls12) {
  net::tls_server_options how;
  if (only_tls12) how.only_tls12();
  return how;
}

TEST_CASE("the next connection resumes the session, and the one after it too", "[net][tls]") {
  secure_world world;
  const auto as = world.identity(older(GENERATE(false, true)));
  const auto opener = net::make_tcp_connector(world.on.executor());
  CHECK_FALSE(world.connect(*opener, world.to(), *as).value());
  for (int i = 0; i < 5; ++i) CHECK(world.connect(*opener, world.to(), *as).value());
}

TEST_CASE("a session is for the same destination only", "[net][tls]") {
  secure_world world;
  listener elsewhere{world.on};
  const auto as = world.identity(older(GENERATE(false, true)));
  const auto opener = net::make_tcp_connector(world.on.executor());
  CHECK_FALSE(world.connect(*opener, world.to(), *as).value());

  auto other = world.to();
  auto* at = &world.server;
  SECTION("another host") { other = world.to("127.0.0.1"); }
  SECTION("another port") {
    other = elsewhere.destination("localhost", world.tls());
    at = &elsewhere;
  }
  SECTION("another version of HTTP") { other.version(net::http_version::http1); }
  SECTION("other ways of TLS") {
    const temporary_file also_trusted{world.authority.ca_pem()};
    other.tls(net::tls_options{}.extra_ca_file(also_trusted.path()));
    CHECK_FALSE(world.connect(*opener, other, *as).value());
    CHECK(world.connect(*opener, other, *as).value());
    return;
  }
  CHECK_FALSE(world.connect(*opener, other, *as, *at).value());
  CHECK(world.connect(*opener, other, *as, *at).value());
  CHECK(world.connect(*opener, world.to(), *as).value());
}

TEST_CASE("clients that share a cache resume each other's sessions, others do not", "[net][tls]") {
  secure_world world;
  const auto as = world.identity();
  const auto shared = net::make_tls_session_cache();
  const auto one = net::make_tcp_connector(world.on.executor(), shared);
  const auto other = net::make_tcp_connector(world.on.executor(), shared);
  const auto stranger = net::make_tcp_connector(world.on.executor());
  CHECK_FALSE(world.connect(*one, world.to(), *as).value());
  CHECK(world.connect(*other, world.to(), *as).value());
  CHECK_FALSE(world.connect(*stranger, world.to(), *as).value());
}

TEST_CASE("no session is resumed where none is to be kept", "[net][tls]") {
  secure_world world;
  const auto as = world.identity(older(GENERATE(false, true)));
  limits bounds;
  bounds.tls_sessions = 0;
  const auto opener = net::make_tcp_connector(world.on.executor(), {}, bounds);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(world.connect(*opener, world.to(), *as).value());
}

TEST_CASE("a server that does not know the session any more is as good as a new one", "[net][tls]") {
  secure_world world;
  const auto how = older(GENERATE(false, true));
  const auto opener = net::make_tcp_connector(world.on.executor());
  CHECK_FALSE(world.connect(*opener, world.to(), *world.identity(how)).value());
  const auto restarted = world.identity(how);
  CHECK_FALSE(world.connect(*opener, world.to(), *restarted).value());
  CHECK(world.connect(*opener, world.to(), *restarted).value());
}

TEST_CASE("after a handshake that failed no session is offered", "[net][tls]") {
  secure_world world;
  const auto as = world.identity(older(true));
  const auto opener = net::make_tcp_connector(world.on.executor());
  CHECK_FALSE(world.connect(*opener, world.to(), *as).value());
  auto hang_up = [&]() -> task<void> {
    co_await world.server.accept_socket();
    co_return success();
  };
  CHECK(world.on.run(hang_up(), opener->connect(world.to())).error().code() == errc::tls_failed);
  CHECK_FALSE(world.connect(*opener, world.to(), *as).value());
}

}  // namespace
}  // namespace cohedge::tests
