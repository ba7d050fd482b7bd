#pragma once

#include <cohedge/core/frame.hpp>
#include <cohedge/async/time.hpp>
#include <cohedge/core/error.hpp>

#include <asio/any_io_executor.hpp>

#include <coroutine>
#include <cstdint>
#include <memory>
#include <utility>

namespace cohedge {

class chain;
class scope;

/// What a chain is suspended on: the leaf at its end, such as a read or a sleep. It is told to cancel at most once, and
/// must then complete soon; it never resumes the chain inside `cancel`.
class suspension {
 public:
  virtual void cancel() noexcept = 0;

 protected:
  ~suspension() = default;
};

/// A stretch of a chain that can be stopped as a whole: until the scope is left, every await inside gives `reason()`.
/// What encloses it goes on. Lives on the stack of a coroutine of that chain, innermost last.
class cancel_scope : protected alarm {
 public:
  explicit cancel_scope(chain& of);
  /// Stops by itself at `deadline`, with `reason`; at once where that has passed.
  cancel_scope(chain& of, time_point deadline, time_point now, errc reason = errc::deadline_exceeded);
  ~cancel_scope() override;

  void cancel(errc reason) noexcept;
  bool cancelled() const noexcept { return cancelled_; }
  errc reason() const noexcept { return reason_; }

 protected:
  void rang() noexcept override { cancel(reason_); }

 private:
  friend class chain;

  chain& chain_;
  cancel_scope* outer_;
  errc reason_ = errc::cancelled;
  bool cancelled_ = false;
};

/// One spawned task and the coroutines it awaits, down to the leaf it is suspended on. It carries what all of them
/// share: executor, time source, cancellation. At most one leaf is pending at any time.
/// Reference-counted; all use is from its executor.
class chain {
 public:
  chain(const chain&) = delete;
  chain& operator=(const chain&) = delete;
  static void* operator new(std::size_t bytes) noexcept { return allocate_frame(bytes); }
  static void operator delete(void* block, std::size_t bytes) noexcept { release_frame(block, bytes); }

  const asio::any_io_executor& executor() const noexcept { return executor_; }
  cohedge::time_source& time() const noexcept { return *time_; }
  const std::shared_ptr<time_source>& time_pointer() const noexcept { return time_; }
  time_point now() const noexcept { return time_->now(); }

  /// Sticky: from now on every await gives `reason` at once, and the one that is pending is cancelled.
  void cancel(errc reason = errc::cancelled) noexcept;
  bool stopped() const noexcept { return stops_ != 0; }
  /// Why awaits are refused: the chain's own cancellation first, then the outermost scope's.
  errc stop_reason() const noexcept;
  /// When the first of the scopes it is in stops by itself, or max().
  time_point deadline() const noexcept;

  // For leaves -------------------------------------------------------------------------------------------------------
  /// The chain is suspended on `leaf` from now on; `wake` resumes `handle`.
  void suspend(suspension& leaf, std::coroutine_handle<> handle) noexcept {
    leaf_ = &leaf;
    resume_ = handle;
  }
  bool suspended() const noexcept { return leaf_ != nullptr; }
  /// Started, and neither ended nor abandoned.
  bool running() const noexcept { return started_; }
  /// Resumes the coroutine that is suspended. Everything that follows runs inside this call.
  void wake();
  /// The leaf will never complete (its execution context dies): destroys the coroutines.
  void abandon() noexcept;

 protected:
  chain(asio::any_io_executor executor, std::shared_ptr<time_source> time) noexcept
      : executor_{std::move(executor)}, time_{std::move(time)} {}
  virtual ~chain();

  /// Starts the root coroutine. Keeps the chain alive until it has finished or was abandoned.
  void run(std::coroutine_handle<> root);
  /// The root coroutine is suspended at its end. Called outside of every coroutine.
  virtual void finished() = 0;
  /// Destroys the root coroutine and with it all that it awaits.
  virtual void destroy_frames() noexcept = 0;
  /// The coroutines are gone without a result.
  virtual void abandoned() noexcept {}

 private:
  friend class cancel_scope;
  friend class chain_pointer;
  friend class scope;
  friend struct promise_base;

  void resume(std::coroutine_handle<> handle);
  void leave() noexcept;

  asio::any_io_executor executor_;
  std::shared_ptr<time_source> time_;
  suspension* leaf_ = nullptr;
  std::coroutine_handle<> resume_;
  cancel_scope* innermost_ = nullptr;
  std::uint32_t references_ = 0;
  std::uint32_t stops_ = 0;
  errc reason_ = errc::none;
  bool at_end_ = false;
  bool started_ = false;

  scope* scope_ = nullptr;  // the list of the scope that owns it
  chain* previous_ = nullptr;
  chain* next_ = nullptr;
};

/// Shares ownership of a chain; not atomic, since a chain belongs to one executor.
class chain_pointer {
 public:
  chain_pointer() noexcept = default;
  explicit chain_pointer(chain* of) noexcept : chain_{of} {
    if (chain_) ++chain_->references_;
  }
  chain_pointer(const chain_pointer& other) noexcept : chain_pointer{other.chain_} {}
  chain_pointer(chain_pointer&& other) noexcept : chain_{std::exchange(other.chain_, nullptr)} {}
  chain_pointer& operator=(chain_pointer other) noexcept {
    std::swap(chain_, other.chain_);
    return *this;
  }
  ~chain_pointer() {
    if (chain_ && --chain_->references_ == 0) delete chain_;
  }

  chain* get() const noexcept { return chain_; }
  chain* operator->() const noexcept { return chain_; }
  chain& operator*() const noexcept { return *chain_; }
  explicit operator bool() const noexcept { return chain_ != nullptr; }

 private:
  chain* chain_ = nullptr;
};

/// What an Asio handler holds while a leaf waits for it. Called, it wakes the chain; destroyed without having been
/// called (the execution context dies), it abandons the chain.
class wake_up {
 public:
  explicit wake_up(chain& of) noexcept : chain_{&of} {}
  wake_up(wake_up&& other) noexcept = default;
  wake_up& operator=(wake_up&&) = delete;
  ~wake_up() {
    if (chain_) chain_->abandon();
  }

  /// The leaf is still there: then store the result in it and call `operator()`.
  bool alive() const noexcept { return chain_ && chain_->running(); }
  /// Does nothing where the leaf has not suspended the chain yet.
  void operator()() {
    auto woken = std::move(chain_);
    if (woken && woken->suspended()) woken->wake();
  }

 private:
  chain_pointer chain_;
};

}  // namespace cohedge
