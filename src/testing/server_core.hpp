#pragma once

#include "counter_board.hpp"
#include "splitmix.hpp"

#include <cohedge/async/scope.hpp>
#include <cohedge/net/byte_stream.hpp>
#include <cohedge/net/tls_server.hpp>
#include <cohedge/testing/llm_server.hpp>

#include <asio/ip/tcp.hpp>

namespace cohedge::testing {

/// The server behind its handle. Its chains refer to it plainly: it owns their scope, so it outlives them.
class server_core {
 public:
  server_core(asio::any_io_executor executor, server_options options);
  ~server_core();

  result<void> start();
  void stop() noexcept;
  void refuse() noexcept;

  const server_options& options() const noexcept { return options_; }
  counter_board& board() noexcept { return board_; }
  std::uint16_t port() const noexcept { return port_; }
  const std::string& ca_pem() const noexcept { return ca_pem_; }
  const std::vector<server_request>& requests() const noexcept { return kept_; }

  /// The number of the next request; the request is kept, if there is room.
  std::size_t take_number() noexcept { return next_request_++; }
  void keep(const server_request& asked);
  /// What to answer.
  scripted_response decide(const server_request& asked);

 private:
  result<void> listen();
  result<void> load_identity();
  task<void> accept_all();
  task<void> serve(asio::ip::tcp::socket accepted, std::size_t number);
  bool unauthorised(const server_request& asked) const;

  asio::any_io_executor executor_;
  server_options options_;
  counter_board board_;
  asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<net::tls_server_context> identity_;
  std::string ca_pem_;
  std::uint16_t port_ = 0;
  std::size_t next_connection_ = 0;
  std::size_t next_request_ = 0;
  std::vector<server_request> kept_;
  std::optional<scope> accepting_;
  std::optional<scope> serving_;
};

/// Serves one connection to its end. `socket` is the stream's own, for a hard close.
task<void> serve_connection(server_core& core, net::byte_stream& stream, int socket, std::size_t number);
/// Goes on in HTTP/2; `first` is what has arrived already.
task<void> serve_http2(server_core& core, net::byte_stream& stream, std::size_t number, std::string first);
/// The same where every answer is prepared.
task<void> serve_prepared(server_core& core, net::byte_stream& stream);

}  // namespace cohedge::testing
