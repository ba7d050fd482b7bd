#pragma once

#include "name_lookup.hpp"

#include <cohedge/async/bell.hpp>
#include <cohedge/async/task.hpp>
#include <cohedge/plan/lru.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cohedge::net {

using addresses = std::vector<asio::ip::address>;

/// Remembers the addresses of names, and which of them was good. However many ask for a name, it is looked up once.
/// Thread-safety: one executor.
class address_book {
 public:
  /// The system's resolver does not say how long an answer holds. So long, then; and a failure long enough that those
  /// who wait for the same name do not each look it up again.
  static constexpr std::chrono::seconds kept{60};
  static constexpr std::chrono::seconds failure_kept{1};

  address_book(std::unique_ptr<name_lookup> asked, std::size_t most_names)
      : lookup_{std::move(asked)}, names_{most_names} {}

  /// The addresses of a host in the order to try them (`take_turns`); an address as text is answered at once. `host` must
  /// stay alive until completion. Errors: name_not_found; the reason of a cancellation, at once, even while the lookup
  /// goes on.
  task<addresses> find(const std::string& host);
  /// A connection to this address came about: the next ones begin with it.
  void worked(const std::string& host, const asio::ip::address& good);
  /// None of the addresses did any good: the next one who asks gets new ones.
  void failed(const std::string& host) { names_.erase(host); }

 private:
  struct name {
    addresses found;
    std::optional<error> failure;
    time_point fresh_until{};
    std::optional<asio::ip::address> last_good;
    bool asking = false;
    std::vector<bell*> waiting;
  };
  class place_in_line;

  std::shared_ptr<name> entry(const std::string& host, time_point now);
  void ask(const std::string& host, const std::shared_ptr<name>& about, const chain& here);

  std::unique_ptr<name_lookup> lookup_;
  plan::lru<std::shared_ptr<name>> names_;
};

/// The order to try addresses in (RFC 8305 §4): as the system sorts them, but the one that was good last comes first and
/// the two families take turns.
addresses take_turns(const addresses& sorted, const std::optional<asio::ip::address>& last_good = {});

}  // namespace cohedge::net
