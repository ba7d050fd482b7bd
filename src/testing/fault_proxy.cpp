#include <cohedge/testing/fault_proxy.hpp>

#include "faulty_flow.hpp"
#include "loopback.hpp"

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/scope.hpp>

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <array>
#include <deque>

namespace cohedge::testing {

using asio::ip::tcp;

const char* to_string(fault_kind kind) noexcept {
  switch (kind) {
    case fault_kind::none: return "none";
    case fault_kind::cut: return "cut";
    case fault_kind::reset: return "reset";
    case fault_kind::half_close: return "half-close";
    case fault_kind::stall: return "stall";
    case fault_kind::garbage: return "garbage";
  }
  return "?";
}

namespace {

/// The two sockets of a connection that goes through, and the bytes between them.
class proxied_pair {
 public:
  proxied_pair(tcp::socket client, const fault& what, proxied_connection& record)
      : client_{std::move(client)}, server_{client_.get_executor()}, record_{record} {
    (what.is_from_client() ? upward_ : downward_) = faulty_flow{what};
  }

  task<void> run(tcp::endpoint server) {
    chain& here = co_await this_chain;
    auto connecting = server_.async_connect(server, use_task);
    const auto [refused] = co_await connecting;
    if (refused) co_return error{errc::connect_failed, refused.message()};
    std::error_code ignored;
    client_.set_option(tcp::no_delay{true}, ignored);
    server_.set_option(tcp::no_delay{true}, ignored);
    scope ways;
    ways.start(here.executor(), pump(server_, client_, downward_, record_.from_server));
    ways.start(here.executor(), pump(client_, server_, upward_, record_.from_client));
    auto ended = ways.join();
    co_return co_await std::move(ended);
  }

 private:
  /// Moves bytes one way until their source has no more, or the connection is over.
  task<void> pump(tcp::socket& from, tcp::socket& to, faulty_flow& flow, std::size_t& passed) {
    std::array<char, 4096> buffer;
    for (bool silent = false;;) {
      if (!silent && flow.strikes()) {
        record_.struck = silent = true;
        strike(flow.kind(), to);
      }
      auto reading = from.async_read_some(asio::buffer(buffer), use_task);
      const auto [broken, size] = co_await reading;
      if (broken == asio::error::eof && !silent) shut(to);
      if (broken && broken != asio::error::eof) close_hard();
      if (broken) co_return success();
      const auto piece = flow.pass({buffer.data(), size});
      passed = flow.passed();
      record_.struck = record_.struck || flow.struck();
      if (piece.empty()) continue;
      auto writing = asio::async_write(to, asio::buffer(piece.data(), piece.size()), use_task);
      const auto [failed, written] = co_await writing;
      if (failed) close_hard();
    }
  }

  void strike(fault_kind how, tcp::socket& towards) {
    if (how == fault_kind::half_close) shut(towards);
    if (how == fault_kind::reset) close_hard();
    if (how == fault_kind::cut) close();
  }

  static void shut(tcp::socket& towards) {
    std::error_code ignored;
    towards.shutdown(tcp::socket::shutdown_send, ignored);
  }
  void close() {
    std::error_code ignored;
    client_.close(ignored);
    server_.close(ignored);
  }
  void close_hard() {
    linger_not(client_.native_handle());
    linger_not(server_.native_handle());
    close();
  }

  tcp::socket client_;
  tcp::socket server_;
  faulty_flow upward_{fault{}};
  faulty_flow downward_{fault{}};
  proxied_connection& record_;
};

}  // namespace

class fault_proxy::core {
 public:
  core(asio::any_io_executor executor, std::uint16_t server_port)
      : executor_{std::move(executor)}, server_port_{server_port}, acceptor_{executor_} {}

  result<void> start() {
    if (auto listening = listen_on_loopback(acceptor_, 0); !listening) return listening;
    running_.start(executor_, accept_all());
    return success();
  }

  std::uint16_t port() const noexcept {
    std::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }

  std::function<fault(std::size_t)> decides;
  std::deque<proxied_connection> records;

 private:
  task<void> accept_all() {
    for (;;) {
      tcp::socket fresh{executor_};
      auto accepting = acceptor_.async_accept(fresh, use_task);
      const auto [failed] = co_await accepting;
      if (failed) co_return error{errc::closed};
      const auto what = decides ? decides(records.size()) : fault{};
      auto& record = records.emplace_back();
      running_.start(executor_, carry(std::move(fresh), what, record));
    }
  }

  task<void> carry(tcp::socket accepted, fault what, proxied_connection& record) {
    proxied_pair pair{std::move(accepted), what, record};
    auto running = pair.run({asio::ip::address_v4::loopback(), server_port_});
    static_cast<void>(co_await std::move(running));  // a fault is what it is for
    record.open = false;
    co_return success();
  }

  asio::any_io_executor executor_;
  std::uint16_t server_port_;
  tcp::acceptor acceptor_;
  scope running_;
};

fault_proxy::fault_proxy(asio::any_io_executor executor, std::uint16_t server_port)
    : core_{std::make_unique<core>(std::move(executor), server_port)} {}
fault_proxy::fault_proxy(fault_proxy&&) noexcept = default;
fault_proxy& fault_proxy::operator=(fault_proxy&&) noexcept = default;
fault_proxy::~fault_proxy() = default;

fault_proxy& fault_proxy::on_connection(std::function<fault(std::size_t)> decides) {
  core_->decides = std::move(decides);
  return *this;
}

fault_proxy& fault_proxy::first_connection(fault what) {
  return on_connection([what](std::size_t number) { return number == 0 ? what : fault{}; });
}

result<void> fault_proxy::start() { return core_->start(); }
std::uint16_t fault_proxy::port() const noexcept { return core_->port(); }
const std::deque<proxied_connection>& fault_proxy::connections() const noexcept { return core_->records; }

std::size_t fault_proxy::open_connections() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(core_->records, &proxied_connection::open));
}

}  // namespace cohedge::testing
