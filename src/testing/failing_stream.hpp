#pragma once

#include <cohedge/async/time.hpp>
#include <cohedge/net/byte_stream.hpp>
#include <cohedge/testing/failing_network.hpp>

#include <memory>
#include <optional>

namespace cohedge::testing {

struct failing_network::state {
  explicit state(std::unique_ptr<net::connector> passed_through) : real{std::move(passed_through)} {}

  /// Counts a call; how it goes wrong, if it does.
  std::optional<io_failure> next(std::size_t io_calls::*kind) noexcept;

  std::unique_ptr<net::connector> real;
  std::size_t fails_at = static_cast<std::size_t>(-1);
  io_failure how = io_failure::reset;
  io_calls calls;
  bool struck = false;
  std::size_t streams = 0;
};

/// A stream over another one, with failures.
class failing_stream final : public net::byte_stream {
 public:
  failing_stream(std::shared_ptr<failing_network::state> network, std::unique_ptr<net::byte_stream> real);
  ~failing_stream() override;

  bool start_read(std::span<char> into, net::io_operation& op, result<std::size_t>& done) override;
  bool start_write(std::span<const char> data, net::io_operation& op, result<std::size_t>& done) override;
  void cancel() noexcept override;
  void close() noexcept override;
  bool idle_and_open() noexcept override { return !broken_ && real_->idle_and_open(); }
  std::string_view protocol() const noexcept override { return real_->protocol(); }
  bool undelivered() const noexcept override { return real_->undelivered(); }

 private:
  /// One direction of the stream: whether it hangs, and who waits for it.
  class direction final : private alarm {
   public:
    bool hangs() const noexcept { return hangs_; }
    void hang() noexcept { hangs_ = true; }
    void wait(net::io_operation& op);
    void end_soon(errc why) noexcept;

   private:
    void rang() noexcept override;
    void dropped() noexcept override;

    net::io_operation* waiting_ = nullptr;
    errc why_ = errc::cancelled;
    bool hangs_ = false;
  };

  /// Counts a call and breaks what it is to break; true: this very call goes wrong.
  bool note(std::size_t io_calls::*kind, direction& way) noexcept;

  std::shared_ptr<failing_network::state> network_;
  std::unique_ptr<net::byte_stream> real_;
  std::optional<io_failure> broken_;  // reset or closed
  direction reading_;
  direction writing_;
};

}  // namespace cohedge::testing
