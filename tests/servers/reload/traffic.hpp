#pragma once

#include "tally.hpp"

#include <cohedge/async/task.hpp>
#include <cohedge/core/report.hpp>
#include <cohedge/net/transport.hpp>
#include <cohedge/provider/client.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/server_options.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace cohedge::tests {

/// An origin that tells the tally which requests it has seen, and answers each with the request's own name.
testing::server_options telling_origin(tally& all);

/// Sends requests one after the other until all have been taken; several senders run at once. Every request has a body
/// that says its number, some are large, and some take the origin a few milliseconds.
class traffic {
 public:
  virtual ~traffic() = default;
  task<void> send_on();

 protected:
  explicit traffic(tally& all) noexcept : all_{all} {}
  virtual task<void> send(std::size_t number) = 0;

  tally& all_;

 private:
  std::size_t next_ = 0;
};

/// At the level of the transport: nothing but its own replays stands between a failure and the tally.
class plain_traffic final : public traffic {
 public:
  plain_traffic(tally& all, asio::any_io_executor executor, const endpoint& where);

 private:
  task<void> send(std::size_t number) override;
  task<std::string> ask(std::string body);

  class unheard : public net::exchange_watch {};
  unheard unheard_;
  net::transport transport_;
  net::destination to_;
  std::shared_ptr<net::connection_pool> pool_;
  net::request_head head_;
};

/// As a program would: through a route that tries again, whole answers and streams in turn.
class routed_traffic final : public traffic {
 public:
  routed_traffic(tally& all, client& with, const endpoint& where);

 private:
  /// An answer's text, and the attempts that it took.
  class told {
   public:
    told(std::string said, report of) : text{std::move(said)}, ledger{std::move(of)} {}
    std::string text;
    report ledger;
  };

  task<void> send(std::size_t number) override;
  task<told> whole(std::string prompt);
  task<told> stream(std::string prompt);

  provider route_;
};

}  // namespace cohedge::tests
