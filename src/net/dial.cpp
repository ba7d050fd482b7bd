#include "dial.hpp"

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/stagger.hpp>

#include <asio/error.hpp>
#include <asio/local/stream_protocol.hpp>

#include <sys/un.h>

#include <chrono>
#include <string>
#include <tuple>
#include <utility>

namespace cohedge::net {

using asio::ip::tcp;

namespace {

/// RFC 8305 §5: how long an address has before the next one is tried beside it.
constexpr std::chrono::milliseconds address_patience{250};

std::string text_of(const origin& to, const tcp::endpoint& address) {
  auto text = to.host + ":" + std::to_string(to.port);
  if (const auto number = address.address().to_string(); number != to.host) text += " (" + number + ")";
  return text;
}

error connect_error(const std::error_code& failed, std::string where) {
  where.append(": ").append(failed.message());
  if (failed == asio::error::connection_refused) return error{errc::connection_refused, std::move(where)};
  if (failed == asio::error::timed_out) return error{errc::connect_timeout, std::move(where)};
  return error{errc::connect_failed, std::move(where)};
}

task<tcp::socket> dial(const origin& to, tcp::endpoint address) {
  const chain& here = co_await this_chain;
  tcp::socket socket{here.executor()};
  auto connected = co_await socket.async_connect(address, use_task);
  if (here.stopped()) co_return error{here.stop_reason()};
  if (const auto failed = std::get<0>(connected)) co_return connect_error(failed, text_of(to, address));
  co_return std::move(socket);
}

/// The addresses of a host against each other.
class dialling final : public contest<tcp::socket> {
 public:
  dialling(const origin& to, const std::vector<tcp::endpoint>& addresses) : to_{to}, addresses_{addresses} {}

  task<tcp::socket> start(std::size_t candidate, time_point) override {
    return dial(to_, addresses_[candidate]);
  }
  plan::stagger::verdict judge(std::size_t, const result<tcp::socket>& outcome) override {
    return outcome ? plan::stagger::verdict::good : plan::stagger::verdict::failed;
  }

 private:
  const origin& to_;
  const std::vector<tcp::endpoint>& addresses_;
};

using unix_domain = asio::local::stream_protocol;

/// A queue that is full is `no_buffer_space` to some versions of Asio, to others a connection that has come about.
bool queue_was_full(const std::error_code& failed, const unix_domain::socket& socket) {
  std::error_code nobody_there;
  if (!failed) socket.remote_endpoint(nobody_there);
  return failed == asio::error::no_buffer_space || nobody_there;
}

constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

task<tcp::socket> dial_any(const origin& to, const std::vector<tcp::endpoint>& addresses) {
  dialling entrants{to, addresses};
  plan::stagger machine{addresses.size(), address_patience};
  auto race = stagger<tcp::socket>(std::move(machine), entrants);
  auto first = co_await std::move(race);
  if (!first) co_return first.error();
  co_return std::move(first).value().value;
}

}  // namespace

task<tcp::socket> dial_first(const origin& to, const std::vector<tcp::endpoint>& addresses) {
  return addresses.size() == 1 ? dial(to, addresses.front()) : dial_any(to, addresses);
}

task<stream_socket> dial_unix(const std::string& path) {
  if (path.size() > longest_path)
    co_return error{errc::invalid_config, "unix_socket " + path + ": a path has at most " +
                                              std::to_string(longest_path) + " characters"};
  const chain& here = co_await this_chain;
  unix_domain::socket socket{here.executor()};
  const unix_domain::endpoint address{path};
  auto connecting = socket.async_connect(address, use_task);
  const auto [failed] = co_await connecting;
  if (here.stopped()) co_return error{here.stop_reason()};
  auto where = "unix_socket " + path;
  if (queue_was_full(failed, socket))
    co_return error{errc::connect_failed, where + ": more wait for the server than it takes"};
  if (failed) co_return connect_error(failed, std::move(where));
  co_return stream_socket{std::move(socket)};
}

}  // namespace cohedge::net
