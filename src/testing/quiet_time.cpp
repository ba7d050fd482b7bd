#include <cohedge/testing/quiet_time.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include "forever.hpp"
#include "virtual_clock.hpp"

namespace cohedge::testing {

quiet_time::quiet_time(asio::io_context& io, std::uint64_t seed)
    : io_{io}, clock_{std::make_shared<virtual_clock>(virtual_context::epoch(), seed)} {
  asio::use_service<time_service>(io).install(clock_);
}

quiet_time::~quiet_time() = default;

bool quiet_time::run_until(const std::function<bool()>& holds) {
  while (!holds()) {
    if (io_.stopped()) io_.restart();
    if (clock_->earliest() <= now()) {
      clock_->ring_due();
      io_.poll_one();
    } else if (io_.run_one_for(quiet_) == 0 && io_.poll_one() == 0) {  // a thread kept waiting so long has not looked yet
      if (clock_->earliest() >= forever) return false;
      clock_->advance_to(clock_->earliest());
    }
  }
  return true;
}

time_point quiet_time::now() const noexcept { return clock_->now(); }

}  // namespace cohedge::testing
