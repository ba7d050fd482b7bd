#include "tcp_stream.hpp"

#include "socket_streams.hpp"

#include <asio/buffer.hpp>
#include <asio/error.hpp>

namespace cohedge::net {

namespace {

result<std::size_t> outcome_of(const std::error_code& failed, std::size_t size) {
  if (!failed) return size;
  return socket_error(failed);
}

}  // namespace

/// Both handlers go on where the operation was aborted for the sake of the other direction: a socket can only cancel
/// both.
class tcp_stream::read_handler : public pending_io {
 public:
  read_handler(io_operation& waited_for, tcp_stream& stream, std::span<char> into) noexcept
      : pending_io{waited_for}, stream_{&stream}, into_{into} {}

  void operator()(const std::error_code& failed, std::size_t size) {
    if (!awaited()) return;
    if (stream_->goes_on(failed, operation())) return again([this] { stream_->receive(std::move(*this)); });
    stream_->expects_more_ = size == into_.size();
    complete(stream_->outcome_of_read(failed, size));
  }

  tcp_stream* stream_;
  std::span<char> into_;
};

class tcp_stream::write_handler : public pending_io {
 public:
  write_handler(io_operation& waited_for, tcp_stream& stream, std::span<const char> data) noexcept
      : pending_io{waited_for}, stream_{&stream}, data_{data} {}

  void operator()(const std::error_code& failed, std::size_t size) {
    if (!awaited()) return;
    if (stream_->goes_on(failed, operation())) return again([this] { stream_->transmit(std::move(*this)); });
    complete(outcome_of(failed, size));
  }

  tcp_stream* stream_;
  std::span<const char> data_;
};

tcp_stream::tcp_stream(stream_socket connected) noexcept : socket_{std::move(connected)} {
  prepare_socket(socket_);
}

// Where something is likely to be there, the way through Asio's queue is spared by trying first. Asio itself tries before
// it waits only where the last receive was not short.
bool tcp_stream::start_read(std::span<char> into, io_operation& op, result<std::size_t>& done) {
  const auto buffer = asio::buffer(into.data(), into.size());
  if (expects_more_ || op.likely_there()) {
    expects_more_ = false;
    std::error_code failed;
    const auto size = socket_.receive(buffer, 0, failed);
    if (failed != asio::error::would_block) {
      expects_more_ = !failed && size == into.size();
      done = outcome_of_read(failed, size);
      return true;
    }
  }
  receive(read_handler{op, *this, into});
  return false;
}

bool tcp_stream::start_write(std::span<const char> data, io_operation& op, result<std::size_t>& done) {
  const auto buffer = asio::buffer(data.data(), data.size());
  std::error_code failed;
  const auto size = socket_.send(buffer, 0, failed);
  if (failed != asio::error::would_block) {
    done = outcome_of(failed, size);
    return true;
  }
  transmit(write_handler{op, *this, data});
  return false;
}

void tcp_stream::receive(read_handler&& next) {
  const auto buffer = asio::buffer(next.into_.data(), next.into_.size());
  socket_.async_read_some(buffer, std::move(next));
}

void tcp_stream::transmit(write_handler&& next) {
  const auto buffer = asio::buffer(next.data_.data(), next.data_.size());
  socket_.async_write_some(buffer, std::move(next));
}

bool tcp_stream::goes_on(const std::error_code& failed, const io_operation& op) const noexcept {
  return failed == asio::error::operation_aborted && socket_.is_open() && !op.owner().stopped();
}

/// The peer's close in order is no failure of a read.
result<std::size_t> tcp_stream::outcome_of_read(const std::error_code& failed, std::size_t size) noexcept {
  if (failed != asio::error::eof) return outcome_of(failed, size);
  undelivered_ = left_unread(socket_.native_handle());
  return std::size_t{0};
}

void tcp_stream::cancel() noexcept {
  std::error_code ignored;
  socket_.cancel(ignored);
}

void tcp_stream::close() noexcept {
  std::error_code ignored;
  socket_.close(ignored);
}

bool tcp_stream::idle_and_open() noexcept {
  if (!socket_.is_open()) return false;
  char byte = 0;
  std::error_code failed;
  socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, failed);
  return failed == asio::error::would_block;
}

std::unique_ptr<byte_stream> make_tcp_stream(stream_socket connected) {
  return std::make_unique<tcp_stream>(std::move(connected));
}

}  // namespace cohedge::net
