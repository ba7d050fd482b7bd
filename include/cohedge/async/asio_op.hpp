#pragma once

#include <cohedge/async/task.hpp>

#include <asio/associated_cancellation_slot.hpp>
#include <asio/async_result.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>

#include <optional>
#include <tuple>
#include <utility>

namespace cohedge {

/// Completion token: awaits any Asio operation inside a task.
///
///     auto [failed, size] = co_await socket.async_read_some(buffer, cohedge::use_task);
///
/// Gives what the operation's handler would get, as a tuple. When the chain is cancelled the operation gets Asio's
/// terminal cancellation and, like every await after it, gives `operation_aborted`.
struct use_task_t {};
inline constexpr use_task_t use_task{};

template <class Initiation, class Arguments, class... Results>
class asio_operation : private suspension {
 public:
  asio_operation(Initiation initiation, Arguments arguments)
      : initiation_{std::move(initiation)}, arguments_{std::move(arguments)} {}

  bool await_ready() const noexcept { return false; }

  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) {
    auto& owner = *caller.promise().owner;
    const bool refused = owner.stopped();
    if constexpr (can_refuse) {
      if (refused) {
        results_.emplace();
        std::get<0>(*results_) = asio::error::operation_aborted;
        return false;
      }
    }
    auto on_done = [this, wake = wake_up{owner}](Results... results) mutable {
      if (!wake.alive()) return;
      results_.emplace(std::move(results)...);
      wake();
    };
    auto handler = asio::bind_cancellation_slot(signal_.slot(), std::move(on_done));
    const auto initiate = [&](auto&&... arguments) {
      std::move(initiation_)(std::move(handler), std::forward<decltype(arguments)>(arguments)...);
    };
    std::apply(initiate, std::move(arguments_));
    if (results_) return false;  // called inside the initiation, as `asio::dispatch` does
    // Only now: an initiation that throws (for want of memory) leaves the chain running.
    owner.suspend(*this, caller);
    if (refused) cancel();  // results that cannot be made up here come from the operation itself, cancelled at once
    return true;
  }

  std::tuple<Results...> await_resume() { return std::move(*results_); }

 private:
  template <class First = void, class...>
  static constexpr bool begins_with_error_code = std::is_same_v<First, std::error_code>;
  static constexpr bool can_refuse =
      begins_with_error_code<Results...> && std::is_default_constructible_v<std::tuple<Results...>>;

  void cancel() noexcept override { signal_.emit(asio::cancellation_type::terminal); }

  Initiation initiation_;
  Arguments arguments_;
  asio::cancellation_signal signal_;
  std::optional<std::tuple<Results...>> results_;
};

}  // namespace cohedge

template <class... Results>
class asio::async_result<cohedge::use_task_t, void(Results...)> {
 public:
  template <class Initiation, class... Arguments>
  static auto initiate(Initiation&& initiation, cohedge::use_task_t, Arguments&&... arguments) {
    using kept = std::tuple<std::decay_t<Arguments>...>;
    return cohedge::asio_operation<std::decay_t<Initiation>, kept, std::decay_t<Results>...>{
        std::forward<Initiation>(initiation), kept{std::forward<Arguments>(arguments)...}};
  }
};
