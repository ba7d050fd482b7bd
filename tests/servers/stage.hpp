#pragma once

#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/net/transport.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/llm_server.hpp>

#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::tests {

/// What came of one request at the level of the transport.
class answer {
 public:
  answer() = default;

  int status = 0;
  wire::header_block headers;
  std::string body;
  bool new_connection = false;
  bool replayed = false;
};

/// Both ends of what a server program stands between: the origin behind it and the client before it, on one event loop.
class stage {
 public:
  explicit stage(testing::server_options how = {}) : origin{io.get_executor(), std::move(how)} {
    REQUIRE(origin.start());
  }

  asio::io_context io;
  testing::llm_server origin;
  limits bounds;

  /// Runs a task to its end. The minute is no part of any test: it ends one that would hang.
  template <class T>
  result<T> run(task<T> work) {
    std::optional<result<T>> got;
    auto bounded = with_deadline<T>(std::chrono::minutes{1}, std::move(work));
    spawn(io, std::move(bounded), [&](result<T> outcome) { got.emplace(std::move(outcome)); });
    while (!got) io.run_one();
    return std::move(*got);
  }

  /// Lives from its first use on.
  net::transport& transport() {
    if (!transport_) transport_.emplace(io.get_executor(), net::make_tcp_connector(io.get_executor()), bounds);
    return *transport_;
  }

  /// One request and its whole answer, without retries.
  task<answer> send(net::destination to, std::string method, std::string target, std::string body = {}) {
    net::exchange_watch& watch = unheard_;
    const auto head = net::request_head::make(to, method, target, {});
    if (!head) co_return head.error();
    const auto pool = transport().pool(to);
    auto sending = transport().send(*pool, head.value(), body, watch);
    auto sent = co_await std::move(sending);
    if (!sent) co_return std::move(sent).error();
    auto& exchange = sent.value();
    answer out;
    out.status = exchange.status();
    out.headers = exchange.headers();
    out.new_connection = exchange.new_connection();
    out.replayed = exchange.replayed();
    auto reading = exchange.read_all(bounds.body);
    const auto text = co_await std::move(reading);
    if (!text) co_return text.error();
    out.body = text.value();
    co_return out;
  }

  /// The same, `count` times at once.
  std::vector<result<answer>> send_at_once(std::size_t count, const net::destination& to, const std::string& method,
                                           const std::string& target, const std::string& body = {}) {
    std::vector<result<answer>> got;
    for (std::size_t i = 0; i < count; ++i) {
      auto bounded = with_deadline<answer>(std::chrono::minutes{1}, send(to, method, target, body));
      spawn(io, std::move(bounded), [&](result<answer> outcome) { got.push_back(std::move(outcome)); });
    }
    while (got.size() < count) io.run_one();
    return got;
  }

 private:
  class unheard : public net::exchange_watch {};

  unheard unheard_;
  std::optional<net::transport> transport_;
};

/// A server on this machine, in the clear.
inline net::destination plain(std::uint16_t port, net::http_version version = net::http_version::http1) {
  net::destination to{net::origin{false, "127.0.0.1", port}};
  to.version(version);
  return to;
}

/// A server that does the same for every request.
inline testing::server_options always(testing::behaviour how) {
  testing::server_options options;
  options.always(std::move(how));
  return options;
}

/// The body of a request for a whole chat completion.
inline std::string chat_body(std::string_view prompt) {
  return R"({"model":"m","messages":[{"role":"user","content":")" + std::string{prompt} + R"("}]})";
}

}  // namespace cohedge::tests
