#include <cohedge/testing/llm_server.hpp>

#include "server_core.hpp"

#include <cohedge/async/sleep.hpp>

namespace cohedge::testing {

llm_server::llm_server(asio::any_io_executor executor, server_options options)
    : core_{std::make_unique<server_core>(std::move(executor), std::move(options))} {}
llm_server::llm_server(llm_server&&) noexcept = default;
llm_server& llm_server::operator=(llm_server&&) noexcept = default;
llm_server::~llm_server() = default;

result<void> llm_server::start() { return core_->start(); }
void llm_server::stop() noexcept { core_->stop(); }
void llm_server::refuse() noexcept { core_->refuse(); }

std::uint16_t llm_server::port() const noexcept { return core_->port(); }

std::string llm_server::origin() const {
  return (core_->options().is_tls() ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::string llm_server::base_url() const { return origin() + "/v1"; }
const std::string& llm_server::ca_pem() const noexcept { return core_->ca_pem(); }
server_counters llm_server::counters() const { return core_->board().read(); }
const std::vector<server_request>& llm_server::requests() const noexcept { return core_->requests(); }

task<void> llm_server::until(std::function<bool(const server_counters&)> holds, duration longest) const {
  const chain& here = co_await this_chain;
  const auto end = here.now() + longest;
  while (!holds(counters())) {
    if (here.now() >= end) co_return error{errc::deadline_exceeded, "the server's counters never got there"};
    const auto waited = co_await sleep_for(std::chrono::milliseconds{1});
    if (!waited) co_return waited;
  }
  co_return success();
}

}  // namespace cohedge::testing
