#pragma once

#include <cohedge/core/frame.hpp>
#include "socket_streams.hpp"
#include "without_throwing.hpp"

#include <system_error>

namespace cohedge::net {

/// The half of an Asio handler that all socket operations share. It keeps the chain; destroyed without having been
/// called it abandons the chain, because then the execution context dies. An operation may only be touched while the
/// chain is suspended on it.
/// Asio's operation has its memory from the frame cache: Asio releases it before it calls the handler, so the next one
/// gets the same block, and a stream may die while one of its operations is still queued.
class pending_io {
 public:
  using allocator_type = frame_allocator<void>;
  allocator_type get_allocator() const noexcept { return {}; }

  explicit pending_io(io_operation& waited_for) noexcept : chain_{&waited_for.owner()}, operation_{&waited_for} {}
  pending_io(pending_io&& other) noexcept = default;
  pending_io& operator=(pending_io&&) = delete;
  ~pending_io() {
    if (chain_) chain_->abandon();
  }

 protected:
  bool awaited() const noexcept { return chain_ && chain_->suspended(); }
  io_operation& operation() const noexcept { return *operation_; }
  /// From the handler: begins another operation with it, or resumes the chain where there is no memory for one.
  template <class Begin>
  void again(Begin begin) {
    const auto begun = [&] { return begin(), true; };
    if (!without_throwing(begun, [] { return false; })) complete(error{errc::out_of_memory});
  }
  /// Resumes the chain; everything that follows happens inside.
  void complete(result<std::size_t> outcome) {
    const auto alive = std::move(chain_);
    if (alive && alive->suspended()) operation_->complete(std::move(outcome));
  }

 private:
  chain_pointer chain_;
  io_operation* operation_;
};

/// What a failed socket operation means. `asio::error::eof` is not for here: the caller knows whether it is one.
error socket_error(const std::error_code& failed);

/// Prepares a connected socket: non-blocking, no delay. Failures show at the first operation.
void prepare_socket(stream_socket& connected) noexcept;

/// Asked when the peer's end has been read in order: something that we wrote had not arrived when the peer closed, for
/// its FIN acknowledges all that had (RFC 9293 §3.10.7.4). After a reset this would prove nothing: a peer that resets
/// may owe the acknowledgement of what it has read. False where the system cannot tell.
bool left_unread(int descriptor) noexcept;

}  // namespace cohedge::net
