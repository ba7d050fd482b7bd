#pragma once

#include <cohedge/net/connector.hpp>
#include <cohedge/testing/scripted_response.hpp>
#include <cohedge/testing/server_request.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cohedge::testing {

/// How one connection comes about. A value; setters chain.
class connect_script {
 public:
  connect_script& after(duration latency) { return latency_ = latency, *this; }
  /// No connection: this error instead.
  connect_script& fails(error why) { return failure_ = std::move(why), *this; }
  /// Neither success nor failure, ever.
  connect_script& hangs() { return hangs_ = true, *this; }
  /// Sent before any request was made.
  connect_script& greets(std::string bytes) { return greeting_ = std::move(bytes), *this; }
  /// The server closes a connection on which nothing happened for so long.
  connect_script& idle_close(duration silence) { return idle_close_ = silence, *this; }

  duration latency() const noexcept { return latency_; }
  const std::optional<error>& failure() const noexcept { return failure_; }
  bool does_hang() const noexcept { return hangs_; }
  const std::string& greeting() const noexcept { return greeting_; }
  duration idle_close() const noexcept { return idle_close_; }

 private:
  duration latency_{};
  std::optional<error> failure_;
  bool hangs_ = false;
  std::string greeting_;
  duration idle_close_{duration::max()};
};

/// What became of one connection.
struct connection_record {
  net::origin to;
  time_point opened;
  time_point closed{};  ///< by the client; meaningful once `open` is false
  bool open = true;     ///< the client has not closed it yet
  bool ended_by_server = false;
  time_point last_write{};
  std::string written;  ///< every byte the client sent
};

/// Stands in for the network: connections whose other side is a script, on the chain's own clock. The very HTTP code
/// that runs over sockets runs over it. Requests are read by the project's own request parser; each is answered by what
/// `on_request` gives.
///
///     scripted_network net;
///     net.on_request([](const recorded_request&) { return scripted_response{200, "{}"}.latency(80ms); });
///     options.network(net.connector());
///
/// The connector may outlive the network object. Thread-safety: one executor.
class scripted_network {
 public:
  using connect_function = std::function<connect_script(const net::origin&, std::size_t number)>;
  using request_function = std::function<scripted_response(const recorded_request&)>;

  /// The seed decides garbage and random pieces.
  explicit scripted_network(std::uint64_t seed = 1);
  ~scripted_network();
  scripted_network(scripted_network&&) noexcept;
  scripted_network& operator=(scripted_network&&) noexcept;

  /// Asked for every connection; without it they succeed at once.
  scripted_network& on_connect(connect_function script);
  /// Asked for every request; without it the answer is 404.
  scripted_network& on_request(request_function script);

  std::unique_ptr<net::connector> connector();

  const std::vector<recorded_request>& requests() const noexcept;
  const std::vector<connection_record>& connections() const noexcept;
  std::size_t opened() const noexcept { return connections().size(); }
  /// The client has not closed them.
  std::size_t open_now() const noexcept;
  /// Closed by the client while the server's side was still open.
  std::size_t closed_by_client() const noexcept;
  /// Connects that have neither succeeded nor failed nor been given up.
  std::size_t connecting_now() const noexcept;
  /// Requests that the parser refused: what the client sent was not HTTP.
  std::size_t bad_requests() const noexcept;

  struct state;

 private:
  std::shared_ptr<state> state_;
};

}  // namespace cohedge::testing
