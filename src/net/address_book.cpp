#include "address_book.hpp"

#include <algorithm>
#include <utility>

namespace cohedge::net {

/// Rung when the answer has come.
class address_book::place_in_line {
 public:
  place_in_line(name& about, bell& answered) : line_{about.waiting}, bell_{&answered} { line_.push_back(bell_); }
  place_in_line(const place_in_line&) = delete;
  place_in_line& operator=(const place_in_line&) = delete;
  ~place_in_line() { std::erase(line_, bell_); }

 private:
  std::vector<bell*>& line_;
  bell* bell_;
};

task<addresses> address_book::find(const std::string& host) {
  std::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return addresses(1, address);

  chain& here = co_await this_chain;
  const auto about = entry(host, here.now());
  if (!about->asking && about->fresh_until <= here.now()) ask(host, about, here);
  while (about->asking) {
    bell answered{here};
    const place_in_line waiting{*about, answered};
    co_await answered;
    if (here.stopped()) co_return error{here.stop_reason()};
  }
  if (about->failure) co_return *about->failure;
  co_return take_turns(about->found, about->last_good);
}

std::shared_ptr<address_book::name> address_book::entry(const std::string& host, time_point now) {
  if (const auto* known = names_.get(host, now)) return *known;
  auto fresh = std::make_shared<name>();
  names_.put(host, fresh, 0, now);
  return fresh;
}

void address_book::ask(const std::string& host, const std::shared_ptr<name>& about, const chain& here) {
  about->asking = true;
  auto on_answer = [about, host, time = here.time_pointer()](const std::error_code& failed, addresses found) {
    about->asking = false;
    about->found = std::move(found);
    about->failure.reset();
    if (failed || about->found.empty())
      about->failure = error{errc::name_not_found, host + ": " + (failed ? failed.message() : "no address")};
    about->fresh_until = time->now() + (about->failure ? failure_kept : kept);
    for (auto* each : about->waiting) each->ring_later();
  };
  lookup_->start(host, std::move(on_answer));
}

void address_book::worked(const std::string& host, const asio::ip::address& good) {
  if (const auto* known = names_.get(host, {})) (*known)->last_good = good;
}

addresses take_turns(const addresses& sorted, const std::optional<asio::ip::address>& last_good) {
  addresses first, second;
  for (const auto& address : sorted)
    (address.is_v4() == (last_good ? *last_good : sorted.front()).is_v4() ? first : second).push_back(address);
  if (last_good)
    if (const auto good = std::ranges::find(first, *last_good); good != first.end())
      std::rotate(first.begin(), good, good + 1);
  addresses turns;
  for (std::size_t i = 0; i < first.size() || i < second.size(); ++i) {
    if (i < first.size()) turns.push_back(first[i]);
    if (i < second.size()) turns.push_back(second[i]);
  }
  return turns;
}

}  // namespace cohedge::net
