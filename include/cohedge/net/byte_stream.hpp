#pragma once

#include <cohedge/async/task.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace cohedge::net {

class byte_stream;

/// The leaf that a chain is suspended on while a stream reads or writes. A stream that cannot finish at once keeps a
/// reference until it calls `complete`.
class io_operation : public suspension {
 public:
  enum class direction : bool { read, write };

  io_operation(const io_operation&) = delete;
  io_operation& operator=(const io_operation&) = delete;

  /// The stream's answer. Resumes the chain if it waits; then this object may be gone.
  void complete(result<std::size_t> outcome);
  chain& owner() const noexcept { return *owner_; }
  /// Of a read: it is likely that something is there to be read already.
  bool likely_there() const noexcept { return likely_there_; }

  bool await_ready() const noexcept { return false; }
  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) {
    return start(*caller.promise().owner, caller);
  }
  /// Bytes done; 0 from a read: the peer closed in order. The reason of a cancellation where there was one.
  result<std::size_t> await_resume();

 protected:
  io_operation(byte_stream& stream, direction way, char* data, std::size_t size, bool likely_there = false) noexcept
      : stream_{stream}, data_{data}, size_{size}, way_{way}, likely_there_{likely_there} {}
  ~io_operation() = default;

 private:
  bool start(chain& owner, std::coroutine_handle<> caller);
  void cancel() noexcept override;

  byte_stream& stream_;
  char* data_;
  std::size_t size_;
  chain* owner_ = nullptr;
  result<std::size_t> outcome_{std::size_t{0}};
  direction way_;
  bool likely_there_;
};

/// Bytes both ways, in order: a TCP socket, TLS over one, or a script in a test. Everything above it (HTTP, pool,
/// providers) is the same for all of them. One read and one write may be pending at a time. It outlives the chains that
/// wait for it, or dies with them.
/// Errors: connection_reset, connection_closed, tls_failed, and what a wrapper adds.
class byte_stream {
 public:
  virtual ~byte_stream() = default;

  /// Reads at least one byte. True: `done` holds the outcome already. False: `op.complete(…)` follows later, never
  /// inside this call.
  virtual bool start_read(std::span<char> into, io_operation& op, result<std::size_t>& done) = 0;
  /// Writes at least one byte; the same convention.
  virtual bool start_write(std::span<const char> data, io_operation& op, result<std::size_t>& done) = 0;
  /// The pending operation, if any, completes soon; its outcome does not matter.
  virtual void cancel() noexcept = 0;
  /// Closes both ways at once. Idempotent; a pending operation completes.
  virtual void close() noexcept = 0;
  /// For a connection that waits in a pool: still open, and nothing has arrived that nobody asked for.
  virtual bool idle_and_open() noexcept = 0;
  /// What ALPN has chosen, such as "h2"; empty without TLS.
  virtual std::string_view protocol() const noexcept { return {}; }
  /// After a failure: it is certain that the peer has not received all that was written. False: perhaps it has.
  virtual bool undelivered() const noexcept { return false; }
};

/// `result<std::size_t> got = co_await read_some(stream, into);`
class read_some : public io_operation {
 public:
  read_some(byte_stream& stream, std::span<char> into, bool likely_there = false) noexcept
      : io_operation{stream, direction::read, into.data(), into.size(), likely_there} {}
};

/// `co_await write_some(stream, data)` — may write less than all.
class write_some : public io_operation {
 public:
  write_some(byte_stream& stream, std::span<const char> data) noexcept
      : io_operation{stream, direction::write, const_cast<char*>(data.data()), data.size()} {}
};

/// Writes everything.
task<void> write_all(byte_stream& stream, std::string_view data);

}  // namespace cohedge::net
