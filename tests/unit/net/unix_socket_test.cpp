#include "loopback.hpp"

#include <asio/local/stream_protocol.hpp>

#include <unistd.h>

namespace cohedge::tests {
namespace {

using unix_domain = asio::local::stream_protocol;

/// A path that nothing is at, in a directory of its own that dies with it.
class temporary_path {
 public:
  temporary_path() : directory_{(std::filesystem::temp_directory_path() / "cohedge-XXXXXX").string()} {
    REQUIRE(::mkdtemp(directory_.data()) != nullptr);
  }
  ~temporary_path() { std::filesystem::remove_all(directory_); }
  std::string text() const { return directory_ + "/socket"; }

 private:
  std::string directory_;
};

net::destination at(std::string path) {
  net::destination to{net::origin{false, "llm.local", 80}};
  to.unix_socket(std::move(path));
  return to;
}

error refusal(loop& on, const net::destination& to) {
  const auto opener = net::make_tcp_connector(on.executor());
  const auto connecting = on.start(opener->connect(to));
  on.run();
  return connecting->outcome->error();
}

TEST_CASE("a local server is asked over its Unix-domain socket", "[net][unix]") {
  loop on;
  const temporary_path path;
  unix_domain::acceptor listening{on.io, unix_domain::endpoint{path.text()}};
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  noting_watch watch;
  auto serve = [&]() -> task<void> {
    unix_domain::socket connected{on.io};
    co_await listening.async_accept(connected, use_task);
    peer client{net::make_tcp_stream(std::move(connected))};
    for (int i = 0; i < 2; ++i) {
      co_await client.expect("GET / HTTP/1.1\r\nHost: llm.local\r\n\r\n");
      co_await client.send(hello);
    }
    co_await client.expect_gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    co_await fetch(transport, at(path.text()), watch);
    auto body = co_await fetch(transport, at(path.text()), watch);
    CHECK(transport.idle_connections() == 1);
    transport.close();
    co_return body;
  };
  CHECK(on.run(serve(), ask()).value() == "hello");
  CHECK(watch.told == "connecting sending sending ");
}

TEST_CASE("a Unix-domain socket that cannot be connected to", "[net][unix]") {
  loop on;
  const temporary_path path;
  SECTION("no such file") {
    const auto why = refusal(on, at(path.text()));
    CHECK(why.code() == errc::connect_failed);
    CHECK(why.detail() == "unix_socket " + path.text() + ": No such file or directory");
  }
  SECTION("nobody listens") {
    { const unix_domain::acceptor gone{on.io, unix_domain::endpoint{path.text()}}; }
    const auto why = refusal(on, at(path.text()));
    CHECK(why.code() == errc::connection_refused);
    CHECK(why.detail().find(path.text()) != std::string_view::npos);
  }
  SECTION("the path is too long") {
    const auto why = refusal(on, at("/" + std::string(108, 'x')));
    CHECK(why.code() == errc::invalid_config);
    CHECK(why.detail().find("at most 107") != std::string_view::npos);
  }
  SECTION("more wait than the server takes") {
    unix_domain::acceptor full{on.io};
    full.open();
    full.bind(unix_domain::endpoint{path.text()});
    full.listen(0);
    unix_domain::socket filler{on.io};
    filler.connect(unix_domain::endpoint{path.text()});
    const auto why = refusal(on, at(path.text()));
    CHECK(why.code() == errc::connect_failed);
    CHECK(why.detail().find("more wait") != std::string_view::npos);
  }
  SECTION("and a proxy beside it") {
    auto to = at(path.text());
    to.via(net::proxy{"127.0.0.1", 1});
    CHECK(refusal(on, to).code() == errc::invalid_config);
  }
}

}  // namespace
}  // namespace cohedge::tests
