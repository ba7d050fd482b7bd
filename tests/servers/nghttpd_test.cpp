// nghttpd: files and echoes over HTTP/2, with what a server may do and few do: trailers, padding, tiny windows, answers
// before the request is whole.

#include "absent.hpp"
#include "stage.hpp"

namespace cohedge::tests {
namespace {

constexpr auto http2 = net::http_version::http2;

/// An nghttpd without TLS that serves what is written into its folder.
class nghttpd {
 public:
  void write(std::string_view name, std::string_view text) const { process_.folder().write(name, text); }
  result<void> start(std::vector<std::string> options) {
    std::vector<std::string> command{"nghttpd", "--no-tls", "--address=127.0.0.1"};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(std::to_string(process_.port()));
    return process_.start(command);
  }
  void stop() noexcept { process_.stop(); }
  net::destination at() const { return plain(process_.port(), http2); }

 private:
  server_process process_;
};

}  // namespace

TEST_CASE("nghttpd: padding, trailers and missing lengths change nothing", "[servers][nghttpd][http2]") {
  if (absent("nghttpd")) return;
  const auto options =
      GENERATE(std::vector<std::string>{}, std::vector<std::string>{"--padding=255"},
               std::vector<std::string>{"--trailer=x-checksum: 0123456789", "--trailer=x-more: yes"},
               std::vector<std::string>{"--no-content-length"},
               std::vector<std::string>{"--padding=100", "--trailer=x-checksum: 1", "--no-content-length"});
  CAPTURE(options);
  stage on;
  nghttpd server;
  const std::string large(3'000'000, 'x');
  server.write("small", "hello");
  server.write("large", large);
  server.write("empty", "");
  REQUIRE(server.start(options));

  const auto fetch = [&](std::string name) { return on.run(on.send(server.at(), "GET", "/" + name)); };
  CHECK(fetch("small").value().body == "hello");
  CHECK(fetch("large").value().body == large);
  CHECK(fetch("empty").value().body.empty());
  CHECK(fetch("absent").value().status == 404);
  CHECK_FALSE(fetch("small").value().headers.find("x-checksum"));
  for (const auto& got : on.send_at_once(60, server.at(), "GET", "/small")) CHECK(got.value().body == "hello");
  for (const auto& got : on.send_at_once(4, server.at(), "GET", "/large")) CHECK(got.value().body == large);
  CHECK(on.transport().open_connections() == 1);
}

TEST_CASE("nghttpd: uploads pass windows of any size", "[servers][nghttpd][http2]") {
  if (absent("nghttpd")) return;
  const std::string bits = GENERATE(as<std::string>{}, "1", "8", "16", "30");
  CAPTURE(bits);
  stage on;
  nghttpd server;
  REQUIRE(server.start({"--echo-upload", "--window-bits=" + bits, "--connection-window-bits=16"}));
  const std::string body(bits == "1" ? 2'000 : 500'000, 'x');
  for (const auto& got : on.send_at_once(4, server.at(), "POST", "/", body)) {
    REQUIRE(got);
    CHECK(got.value().status == 200);
    CHECK(got.value().body == body);
  }
}

TEST_CASE("nghttpd: where it takes two streams the others wait in line", "[servers][nghttpd][http2]") {
  if (absent("nghttpd")) return;
  stage on;
  on.bounds.connections_per_origin = 1;
  nghttpd server;
  server.write("small", "hello");
  REQUIRE(server.start({"--max-concurrent-streams=2"}));
  for (const auto& got : on.send_at_once(200, server.at(), "GET", "/small")) {
    REQUIRE(got);
    CHECK(got.value().body == "hello");
    CHECK_FALSE(got.value().replayed);
  }
}

TEST_CASE("nghttpd: an answer may be whole before the request is", "[servers][nghttpd][http2]") {
  if (absent("nghttpd")) return;
  stage on;
  nghttpd server;
  server.write("small", "hello");
  REQUIRE(server.start({"--early-response"}));
  const std::string body(1'000'000, 'x');
  for (int i = 0; i < 3; ++i)
    for (const auto& got : on.send_at_once(4, server.at(), "POST", "/small", body)) {
      REQUIRE(got);
      CHECK(got.value().status == 200);
      CHECK(got.value().body == "hello");
    }
  CHECK(on.transport().open_connections() == 1);
}

TEST_CASE("nghttpd: its end amid an answer is a typed error", "[servers][nghttpd][http2]") {
  if (absent("nghttpd")) return;
  stage on;
  nghttpd server;
  server.write("large", std::string(40'000'000, 'x'));  // more than the windows and the system's buffers hold
  REQUIRE(server.start({}));
  const auto got = on.run([&]() -> task<std::string> {
    class unheard : public net::exchange_watch {
    } nobody;
    const auto to = server.at();
    const auto head = net::request_head::make(to, "GET", "/large", {});
    const auto pool = on.transport().pool(to);
    auto sending = on.transport().send(*pool, head.value(), {}, nobody);
    auto sent = co_await std::move(sending);
    if (!sent) co_return std::move(sent).error();
    server.stop();
    auto reading = sent.value().read_all(on.bounds.body);
    const auto text = co_await std::move(reading);
    if (!text) co_return text.error();
    co_return std::string{text.value()};
  }());
  REQUIRE(!got);
  CHECK(got.error().kind() == error_class::transport);
  const auto next = on.run(on.send(server.at(), "GET", "/large"));
  REQUIRE(!next);
  CHECK(next.error().code() == errc::connection_refused);
}

}  // namespace cohedge::tests
