#pragma once

#include "socket_io.hpp"

namespace cohedge::net {

/// Bytes over a connected TCP socket.
class tcp_stream final : public byte_stream {
 public:
  explicit tcp_stream(asio::ip::tcp::socket connected) noexcept;

  bool start_read(std::span<char> into, io_operation& op, result<std::size_t>& done) override;
  bool start_write(std::span<const char> data, io_operation& op, result<std::size_t>& done) override;
  void cancel() noexcept override;
  void close() noexcept override;
  bool idle_and_open() noexcept override;

 private:
  class read_handler;
  class write_handler;

  void receive(read_handler next);
  void transmit(write_handler next);
  bool goes_on(const std::error_code& failed, const io_operation& op) const noexcept;

  asio::ip::tcp::socket socket_;
  bool expects_more_ = false;  // the last read filled its buffer: probably more is waiting
};

}  // namespace cohedge::net
