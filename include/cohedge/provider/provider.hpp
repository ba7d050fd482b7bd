#pragma once

#include <cohedge/async/scope.hpp>
#include <cohedge/chat/completion.hpp>
#include <cohedge/chat/request.hpp>
#include <cohedge/provider/call.hpp>
#include <cohedge/provider/stream.hpp>

#include <memory>
#include <string>
#include <utility>

namespace cohedge {

/// For backends without connections.
task<void> nothing_to_warm_up();

/// What answers: implement this to add a provider of your own — a local model, a test double, a strategy. Routes are
/// backends too, so they nest. All tasks run on the caller's chain and must stop when it is cancelled.
/// A backend that asks a model opens an `attempt_row` for each try, so that the call's ledger and its one count of
/// attempts are right. Lifetime: providers share ownership; a running task must keep alive what it uses, for it may
/// outlive the provider handle (a loser that winds down).
class backend : public std::enable_shared_from_this<backend> {
 public:
  virtual ~backend() = default;
  virtual const std::string& name() const noexcept = 0;
  virtual task<completion> complete(chat_request ask, call_context context) = 0;
  /// Completes when the first content is there.
  virtual task<completion_stream> stream(chat_request ask, call_context context) = 0;
  /// Health: success, or why not. `credential`: reachable but misconfigured; `rate_limited`: alive but limited.
  virtual task<void> check() = 0;

  /// Opens a connection that the next request will find, where there is none.
  virtual task<void> warm_up() { return nothing_to_warm_up(); }

  /// Where losers wind down; null: they are awaited on the spot.
  virtual scope* reaper() noexcept { return nullptr; }
  virtual std::shared_ptr<call_observer> observer() noexcept { return nullptr; }
  /// How many attempts one call may make, unless an outer route says otherwise.
  virtual std::size_t most_attempts() const noexcept { return 1; }
};

/// A provider or route, ready to be asked. A cheap handle: copies share the backend.
class provider {
 public:
  provider(std::shared_ptr<cohedge::backend> backend) : backend_{std::move(backend)} {}  // NOLINT

  const std::string& name() const noexcept { return backend_->name(); }

  /// The whole answer. Errors: see docs/errors.md; an error lists every attempt.
  task<completion> complete(chat_request ask) const;
  /// The answer as it comes; completes with the first content.
  task<completion_stream> stream(chat_request ask) const;
  task<void> check() const;
  /// Connects ahead of the first request, a route to its candidates one after the other. Errors: the last one's, of
  /// connect.
  task<void> warm_up() const;

  cohedge::backend& backend() const noexcept { return *backend_; }
  const std::shared_ptr<cohedge::backend>& shared_backend() const noexcept { return backend_; }

 private:
  std::shared_ptr<cohedge::backend> backend_;
};

}  // namespace cohedge
