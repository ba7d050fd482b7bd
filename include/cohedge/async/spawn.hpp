#pragma once

#include <cohedge/async/task.hpp>

#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/detached.hpp>
#include <asio/dispatch.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>
#include <asio/system_executor.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace cohedge {

#if defined(__cpp_exceptions)
/// Throws from the function that runs `executor`.
inline void throw_from(const asio::any_io_executor& executor, std::exception_ptr what) {
  auto thrown = [what = std::move(what)] { std::rethrow_exception(what); };
  asio::post(executor, std::move(thrown));
}
#endif

/// A chain whose end calls an Asio completion handler with a `result<T>`, on the handler's own executor.
template <class T, class Handler>
class spawned final : public chain {
 public:
  spawned(const asio::any_io_executor& executor, task<T> work, Handler handler)
      : chain{executor, time_of(executor)},
        work_{std::move(work)},
        slot_{asio::get_associated_cancellation_slot(handler)},
        handler_{std::move(handler)},
        runs_here_{is_same(asio::get_associated_executor(*handler_, executor), executor)},
        handler_work_{asio::prefer(asio::get_associated_executor(*handler_, executor),
                                   asio::execution::outstanding_work.tracked)} {}

  void start() {
    if (slot_.is_connected()) {
      auto on_cancel = [this](asio::cancellation_type) { cancel(errc::cancelled); };
      slot_.assign(std::move(on_cancel));
    }
    auto begin = [self = chain_pointer{this}] { static_cast<spawned&>(*self).begin(); };
    asio::post(executor(), std::move(begin));
  }

 private:
  using handler_executor = asio::associated_executor_t<Handler, asio::any_io_executor>;
  using tracked_executor = std::decay_t<decltype(asio::prefer(std::declval<handler_executor>(),
                                                              asio::execution::outstanding_work.tracked))>;

  static bool is_same(const asio::any_io_executor& one, const asio::any_io_executor& other) { return one == other; }
  static bool is_same(const auto&, const asio::any_io_executor&) { return false; }

  void begin() {
    if (stopped() || !work_.has_frame())
      complete(error{stopped() ? stop_reason() : errc::out_of_memory});
    else
      run(work_.as_root(*this));
  }

  void finished() override {
    auto outcome = work_.take_outcome();
    work_.destroy();
    complete(std::move(outcome));
  }

  void destroy_frames() noexcept override { work_.destroy(); }
  void abandoned() noexcept override { forget_slot(); }

  void forget_slot() noexcept {
    if (slot_.is_connected()) slot_.clear();
  }

  // Everything of ours is in order before the user's handler runs: it may throw.
  void complete(result<T> outcome) {
    forget_slot();
    const auto where = std::move(*handler_work_);
    handler_work_.reset();
    auto handler = std::move(*handler_);
    handler_.reset();
    if (runs_here_) return call_handler(executor(), std::move(handler), std::move(outcome));
    auto call = [handler = std::move(handler), outcome = std::move(outcome), here = executor()]() mutable {
      call_handler(here, std::move(handler), std::move(outcome));
    };
    asio::dispatch(where, std::move(call));
  }

  /// What the handler throws comes out of the executor's own run function, by no way through other chains' frames.
  static void call_handler([[maybe_unused]] const asio::any_io_executor& here, Handler handler, result<T> outcome) {
#if defined(__cpp_exceptions)
    try {
      std::move(handler)(std::move(outcome));
    } catch (...) {
      throw_from(here, std::current_exception());
    }
#else
    std::move(handler)(std::move(outcome));
#endif
  }

  task<T> work_;
  asio::associated_cancellation_slot_t<Handler> slot_;
  std::optional<Handler> handler_;
  bool runs_here_;  // the handler has no executor of its own
  std::optional<tracked_executor> handler_work_;
};

template <class T>
struct initiate_spawn {
  template <class Handler>
  void operator()(Handler&& handler, asio::any_io_executor executor, task<T> work) const {
    using chain_type = spawned<T, std::decay_t<Handler>>;
    auto* fresh = new chain_type{executor, std::move(work), std::forward<Handler>(handler)};
    if (!fresh) return asio::detail::throw_exception(std::bad_alloc{});
    const chain_pointer alive{fresh};
    fresh->start();
  }
};

/// Runs `work` on `executor` as an Asio asynchronous operation with signature `void(result<T>)`. Takes any completion
/// token: a callback, `asio::use_future`, `asio::use_awaitable`, `asio::deferred`, `bind_cancellation_slot(…)`.
/// It never runs inside this call. Emit a bound cancellation signal from the executor only.
template <class T, class CompletionToken = asio::detached_t>
auto spawn(const asio::any_io_executor& executor, task<T> work, CompletionToken&& token = {}) {
  return asio::async_initiate<CompletionToken, void(result<T>)>(initiate_spawn<T>{}, token, executor, std::move(work));
}

/// The same for an execution context such as `asio::io_context`.
template <class Context, class T, class CompletionToken = asio::detached_t>
  requires std::is_base_of_v<asio::execution_context, Context>
auto spawn(Context& context, task<T> work, CompletionToken&& token = {}) {
  return spawn(asio::any_io_executor{context.get_executor()}, std::move(work), std::forward<CompletionToken>(token));
}

template <class T>
struct initiate_on_own_executor {
  template <class Handler>
  void operator()(Handler&& handler, task<T> work) const {
    const auto executor = asio::get_associated_executor(handler);
    static_assert(!std::is_same_v<std::decay_t<decltype(executor)>, asio::system_executor>,
                  "this token has no executor of its own: use spawn(executor, task, token)");
    initiate_spawn<T>{}(std::forward<Handler>(handler), asio::any_io_executor{executor}, std::move(work));
  }
};

template <class T>
template <class CompletionToken>
auto task<T>::operator()(CompletionToken&& token) && {
  return asio::async_initiate<CompletionToken, void(result<T>)>(initiate_on_own_executor<T>{}, token, std::move(*this));
}

}  // namespace cohedge
