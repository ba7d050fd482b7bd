#include <cohedge/testing/server_thread.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <thread>

namespace cohedge::testing {

struct server_thread::state {
  explicit state(server_options options) : server{io.get_executor(), std::move(options)}, listening{server.start()} {
    if (listening) runner = std::thread{[this] { io.run(); }};
  }

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> stays{io.get_executor()};
  llm_server server;
  result<void> listening;
  std::thread runner;
};

server_thread::server_thread(server_options options) : state_{std::make_unique<state>(std::move(options))} {}
server_thread::~server_thread() { stop(); }

const result<void>& server_thread::started() const noexcept { return state_->listening; }
std::uint16_t server_thread::port() const noexcept { return state_->server.port(); }
std::string server_thread::base_url() const { return state_->server.base_url(); }
const std::string& server_thread::ca_pem() const noexcept { return state_->server.ca_pem(); }
server_counters server_thread::counters() const { return state_->server.counters(); }

bool server_thread::wait_for(const std::function<bool(const server_counters&)>& holds, duration longest) const {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!holds(counters())) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

void server_thread::stop() noexcept {
  if (!state_->runner.joinable()) return;
  auto close_everything = [this] {
    state_->server.stop();
    state_->stays.reset();
    state_->io.stop();
  };
  asio::post(state_->io, std::move(close_everything));
  state_->runner.join();
}

}  // namespace cohedge::testing
