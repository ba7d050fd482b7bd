#pragma once

#include <cohedge/async/scope.hpp>
#include <cohedge/chat/completion.hpp>
#include <cohedge/chat/embedding.hpp>
#include <cohedge/chat/model_info.hpp>
#include <cohedge/chat/request.hpp>
#include <cohedge/provider/call.hpp>
#include <cohedge/provider/stream.hpp>

#include <cstdint>
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

  // What not every backend has: errc::unsupported where it has not. A route has none of them: vectors and token counts of
  // one model mean nothing to another, so there is nobody to fall back to.
  virtual task<embeddings> embed(embedding_request ask);
  virtual task<model_list> models(std::string page);
  virtual task<std::uint64_t> count_tokens(chat_request ask);

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

  /// A vector for each text, in their order. One request, without retry: `retry` makes more of it. Errors: as `complete`;
  /// unsupported where the API has no embeddings, and for routes.
  task<embeddings> embed(embedding_request ask) const;
  /// The models that the provider lists, a page of them; `page` is `model_list::next_page` of the one before. Errors: as
  /// `embed`.
  task<model_list> models(std::string page = {}) const;
  /// How many prompt tokens the provider counts for this request, without asking the model. Errors: as `embed`.
  task<std::uint64_t> count_tokens(chat_request ask) const;

  /// Connects ahead of the first request, a route to its candidates one after the other. Errors: the last one's, of
  /// connect.
  task<void> warm_up() const;

  cohedge::backend& backend() const noexcept { return *backend_; }
  const std::shared_ptr<cohedge::backend>& shared_backend() const noexcept { return backend_; }

 private:
  std::shared_ptr<cohedge::backend> backend_;
};

}  // namespace cohedge
