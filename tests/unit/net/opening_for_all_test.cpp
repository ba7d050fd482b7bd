// While one connection is opened that may serve everybody (HTTP/2), the others wait for it, and share its failure.

#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/net/transport.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace cohedge::tests {
namespace {

using namespace std::chrono_literals;

/// A network where every connection is refused after a while.
class refusing_network final : public net::connector {
 public:
  refusing_network(int& asked, duration after, int* under_way = nullptr) noexcept
      : asked_{asked}, after_{after}, under_way_{under_way} {}

  task<std::unique_ptr<net::byte_stream>> connect(const net::destination&) override {
    ++asked_;
    if (under_way_) ++*under_way_;
    auto waiting = sleep_for(after_);
    const auto waited = co_await std::move(waiting);
    if (under_way_) --*under_way_;
    if (!waited) co_return waited.error();
    co_return error{errc::connection_refused};
  }

 private:
  int& asked_;
  duration after_;
  int* under_way_;
};

class world {
 public:
  explicit world(duration refused_after)
      : transport{context.get_executor(), std::make_unique<refusing_network>(asked, refused_after), limits{}} {}

  task<void> ask() {
    const net::destination to{net::origin{true, "example.org", 443}};
    const auto head = net::request_head::make(to, "GET", "/", {});
    const auto pool = transport.pool(to);
    auto sending = transport.send(*pool, head.value(), {}, watch);
    const auto sent = co_await std::move(sending);
    if (!sent) co_return sent.error();
    co_return success();
  }
  /// Starts a request that gives up after a while.
  void start(duration patience) {
    auto bounded = with_deadline<void>(patience, ask());
    spawn(context.get_executor(), std::move(bounded), [this](result<void> got) {
      outcomes.push_back(got.error().code());
      ended.push_back(context.elapsed());
    });
  }

  testing::virtual_context context;
  int asked = 0;  // for a connection
  class : public net::exchange_watch {
  } watch;
  net::transport transport;
  std::vector<errc> outcomes;
  std::vector<duration> ended;
};

}  // namespace

TEST_CASE("a connection that fails has failed for all who wait for it", "[net][http2]") {
  world w{1s};
  for (int i = 0; i < 5; ++i) w.start(1min);
  w.context.run();
  CHECK(w.outcomes == std::vector<errc>(5, errc::connection_refused));
  CHECK(w.ended == std::vector<duration>(5, 1s));
  CHECK(w.asked == 1);

  w.start(1min);
  w.context.run();
  CHECK(w.asked == 2);
}

TEST_CASE("whoever gives up while he opens a connection for all fails alone", "[net][http2]") {
  world w{1s};
  w.start(100ms);
  for (int i = 0; i < 4; ++i) w.start(1min);
  w.context.run();
  CHECK(w.outcomes == std::vector<errc>{errc::deadline_exceeded, errc::connection_refused, errc::connection_refused,
                                        errc::connection_refused, errc::connection_refused});
  CHECK(w.ended.at(0) == 100ms);
  CHECK(w.ended.at(4) == 1100ms);
  CHECK(w.asked == 2);
}

TEST_CASE("the clock for connecting runs for all who wait for the same connection", "[net][http2][provider]") {
  testing::virtual_context context;
  int asked = 0;
  client_options options;
  options.network(std::make_unique<refusing_network>(asked, 1h));
  client us{context.get_executor(), std::move(options)};
  const auto far_away = openai_compatible(us, "https://example.org/v1", "m", secret{"k"});
  std::vector<error> outcomes;
  for (int i = 0; i < 5; ++i)
    spawn(context.get_executor(), far_away.complete(chat_request{"hello"}), [&](result<completion> got) {
      outcomes.push_back(got.error());
      CHECK(context.elapsed() == 10s);
    });
  context.run();
  REQUIRE(outcomes.size() == 5);
  for (const auto& why : outcomes) CHECK(why.code() == errc::connect_timeout);
}

TEST_CASE("so many TLS handshakes go on at once, and those in line are connecting too", "[net][tls][provider]") {
  testing::virtual_context context;
  int asked = 0;
  int under_way = 0;
  client_options options;
  options.network(std::make_unique<refusing_network>(asked, 9s, &under_way));
  client us{context.get_executor(), std::move(options)};
  auto where = endpoint{"https://example.org/v1", "m"};
  const auto far_away = make_provider(us, dialect::openai_chat(), where.version(net::http_version::http1));
  std::vector<errc> outcomes;
  for (int i = 0; i < 100; ++i)
    spawn(context.get_executor(), far_away.complete(chat_request{"hello"}),
          [&](result<completion> got) { outcomes.push_back(got.error().code()); });
  context.run_for(1s);
  CHECK(under_way == 64);
  context.run();
  CHECK(std::ranges::count(outcomes, errc::connection_refused) == 64);
  CHECK(std::ranges::count(outcomes, errc::connect_timeout) == 36);
  CHECK(context.elapsed() == 10s);
}

}  // namespace cohedge::tests
