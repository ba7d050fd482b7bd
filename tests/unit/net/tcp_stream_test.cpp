// Reads that are likely to find something: they take it at once, and wait where there is nothing after all.

#include "loopback.hpp"

#include <asio/write.hpp>

namespace cohedge::tests {
namespace {

struct ends {
  explicit ends(loop& on) : peer{on.io} {
    tcp::acceptor listening{on.io, {asio::ip::address_v4::loopback(), 0}};
    peer.connect(listening.local_endpoint());
    stream = net::make_tcp_stream(net::stream_socket{listening.accept()});
  }

  void says(std::string_view text) { asio::write(peer, asio::buffer(text)); }

  tcp::socket peer;
  std::unique_ptr<net::byte_stream> stream;
  char bytes[100];
};

task<std::string> read(ends& from) {
  const auto got = co_await net::read_some{*from.stream, from.bytes, true};
  if (!got) co_return got.error();
  co_return std::string(from.bytes, got.value());
}

}  // namespace

TEST_CASE("tcp: what is likely to be there is read without a turn of the event loop") {
  loop on;
  ends both{on};
  both.says("hello");
  net::read_some reading{*both.stream, both.bytes, true};
  result<std::size_t> done{error{}};
  REQUIRE(both.stream->start_read(both.bytes, reading, done));
  CHECK(done.value() == 5);
}

TEST_CASE("tcp: what was likely to be there and is not is waited for") {
  loop on;
  ends both{on};
  const auto reading = on.start(read(both));
  on.io.poll();
  CHECK_FALSE(reading->outcome);
  both.says("hello");
  on.run();
  REQUIRE(reading->outcome);
  CHECK(reading->outcome->value() == "hello");
}

TEST_CASE("tcp: a peer that has closed is found by a read that expects something") {
  loop on;
  ends both{on};
  both.peer.close();
  const auto reading = on.start(read(both));
  on.run();
  REQUIRE(reading->outcome);
  CHECK(reading->outcome->value().empty());
}

}  // namespace cohedge::tests
