#include "resolve.hpp"


#include <asio/ip/address.hpp>
#include <asio/post.hpp>

#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace cohedge::net {

namespace {

using asio::ip::tcp;

/// A chain that waits for the system's resolver. Asio cannot interrupt `getaddrinfo`, so a cancelled wait ends by
/// itself and its answer, when it comes, finds nobody.
class resolver_wait : private suspension {
 public:
  resolver_wait(const std::string& host, std::uint16_t port) : host_{host}, port_{port} {}
  resolver_wait(const resolver_wait&) = delete;
  resolver_wait& operator=(const resolver_wait&) = delete;
  ~resolver_wait() {
    if (ticket_) ticket_->waiting = nullptr;
  }

  bool await_ready() const noexcept { return false; }
  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) {
    return start(*caller.promise().owner, caller);
  }
  result<std::vector<tcp::endpoint>> await_resume() {
    if (failure_.code() != errc::none) return std::move(failure_);
    return std::move(addresses_);
  }

 private:
  /// What the answer and the wait share: cleared by whichever ends first.
  struct ticket {
    resolver_wait* waiting;
  };

  /// Wakes the chain unless the wait is over; abandons it when the execution context dies.
  class waker {
   public:
    waker(chain& owner, std::shared_ptr<ticket> shared) noexcept : chain_{&owner}, ticket_{std::move(shared)} {}
    waker(waker&&) noexcept = default;
    waker& operator=(waker&&) = delete;
    ~waker() {
      if (ticket_ && std::exchange(ticket_->waiting, nullptr)) chain_->abandon();
    }
    /// The wait, which is over with this call, or null.
    resolver_wait* take() const noexcept { return std::exchange(ticket_->waiting, nullptr); }
    void wake() const { chain_->wake(); }

   private:
    chain_pointer chain_;
    std::shared_ptr<ticket> ticket_;
  };

  bool start(chain& owner, std::coroutine_handle<> caller) {
    owner_ = &owner;
    if (owner.stopped()) {
      failure_ = owner.stop_reason();
      return false;
    }
    ticket_ = std::make_shared<ticket>();
    ticket_->waiting = this;
    resolver_.emplace(owner.executor());
    owner.suspend(*this, caller);
    auto on_answer = [to = waker{owner, ticket_}](const std::error_code& failed, const tcp::resolver::results_type& found) {
      auto* waiting = to.take();
      if (!waiting) return;
      waiting->answered(failed, found);
      to.wake();
    };
    resolver_->async_resolve(host_, std::to_string(port_), tcp::resolver::numeric_service, std::move(on_answer));
    return true;
  }

  void answered(const std::error_code& failed, const tcp::resolver::results_type& found) {
    for (const auto& entry : found) addresses_.push_back(entry.endpoint());
    if (failed || addresses_.empty())
      failure_ = error{errc::name_not_found, host_ + ": " + (failed ? failed.message() : "no address")};
  }

  void cancel() noexcept override {
    failure_ = owner_->stop_reason();
    auto end_wait = [to = waker{*owner_, ticket_}] {
      if (to.take()) to.wake();
    };
    asio::post(owner_->executor(), std::move(end_wait));
  }

  const std::string& host_;
  std::uint16_t port_;
  chain* owner_ = nullptr;
  std::shared_ptr<ticket> ticket_;
  std::optional<tcp::resolver> resolver_;
  std::vector<tcp::endpoint> addresses_;
  error failure_;
};

}  // namespace

std::vector<tcp::endpoint> take_turns(const std::vector<tcp::endpoint>& sorted) {
  std::vector<tcp::endpoint> first, second;
  for (const auto& address : sorted)
    (address.protocol() == sorted.front().protocol() ? first : second).push_back(address);
  std::vector<tcp::endpoint> turns;
  for (std::size_t i = 0; i < first.size() || i < second.size(); ++i) {
    if (i < first.size()) turns.push_back(first[i]);
    if (i < second.size()) turns.push_back(second[i]);
  }
  return turns;
}

task<std::vector<tcp::endpoint>> resolve(const std::string& host, std::uint16_t port) {
  std::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return std::vector<tcp::endpoint>(1, tcp::endpoint{address, port});

  resolver_wait answer{host, port};
  auto found = co_await answer;
  if (!found) co_return found.error();
  co_return take_turns(found.value());
}

}  // namespace cohedge::net
