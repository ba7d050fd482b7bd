#pragma once

#include "socket_io.hpp"

namespace cohedge::net {

/// Bytes over a connected socket, as they are.
class tcp_stream final : public byte_stream {
 public:
  explicit tcp_stream(stream_socket connected) noexcept;

  bool start_read(std::span<char> into, io_operation& op, result<std::size_t>& done) override;
  bool start_write(std::span<const char> data, io_operation& op, result<std::size_t>& done) override;
  void cancel() noexcept override;
  void close() noexcept override;
  bool idle_and_open() noexcept override;
  bool undelivered() const noexcept override { return undelivered_; }

 private:
  class read_handler;
  class write_handler;

  void receive(read_handler&& next);
  void transmit(write_handler&& next);
  bool goes_on(const std::error_code& failed, const io_operation& op) const noexcept;
  result<std::size_t> outcome_of_read(const std::error_code& failed, std::size_t size) noexcept;

  stream_socket socket_;
  bool expects_more_ = false;  // the last read filled its buffer: probably more is waiting
  bool undelivered_ = false;   // the peer had closed before all that was written had arrived
};

}  // namespace cohedge::net
