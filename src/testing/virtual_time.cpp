#include <cohedge/testing/virtual_time.hpp>

#include "forever.hpp"
#include "virtual_clock.hpp"

#include <array>
#include <charconv>

namespace cohedge::testing {

virtual_context::virtual_context(std::uint64_t seed) : clock_{std::make_shared<virtual_clock>(epoch(), seed)} {
  asio::use_service<time_service>(*this).install(clock_);
}

// Services first: they drop the alarms, and the chains that wait for those end there. Work in the queue may own chains
// as well, and what dies with them may still post.
virtual_context::~virtual_context() {
  shutdown();
  while (auto* left = pop()) delete left;
  destroy();
  while (auto* left = pop()) delete left;
}

void virtual_context::push(piece* fresh) {
  (last_ ? last_->next : first_) = fresh;
  last_ = fresh;
  ++ready_;
}

virtual_context::piece* virtual_context::pop() noexcept {
  auto* front = first_;
  if (!front) return nullptr;
  first_ = front->next;
  if (!first_) last_ = nullptr;
  --ready_;
  return front;
}

namespace {

/// Restores a flag, also when a handler throws.
class raised {
 public:
  explicit raised(bool& flag) noexcept : flag_{flag}, before_{std::exchange(flag, true)} {}
  raised(const raised&) = delete;
  raised& operator=(const raised&) = delete;
  ~raised() { flag_ = before_; }

 private:
  bool& flag_;
  bool before_;
};

}  // namespace

bool virtual_context::run_ready() {
  auto* next = pop();
  if (!next) return false;
  next->run();
  return true;
}

bool virtual_context::run_one() {
  const raised here{running_};
  if (run_ready()) return true;
  if (clock_->earliest() >= forever) return false;
  clock_->advance_to(clock_->earliest());
  return clock_->ring_next();
}

std::size_t virtual_context::run() {
  std::size_t done = 0;
  while (run_one()) ++done;
  return done;
}

std::size_t virtual_context::run_until(time_point end) {
  std::size_t done = 0;
  while (ready_ != 0 || clock_->earliest() <= end) {
    if (!run_one()) break;
    ++done;
  }
  clock_->advance_to(end);
  return done;
}

time_point virtual_context::now() const noexcept { return clock_->now(); }

bool virtual_context::idle() const noexcept { return ready_ == 0 && clock_->earliest() >= forever; }

namespace {

/// Milliseconds with as many decimals as there are: "200", "0.5", "1.000001".
void append_milliseconds(std::string& out, duration length) {
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(length).count();
  std::array<char, 24> text{};
  const auto whole = std::to_chars(text.data(), text.data() + text.size(), nanoseconds / 1'000'000);
  out.append(text.data(), whole.ptr);
  const auto rest = nanoseconds % 1'000'000;
  if (rest == 0) return;
  const auto decimals = std::to_chars(text.data(), text.data() + text.size(), 1'000'000 + rest);  // "1" and six digits
  out += '.';
  out.append(text.data() + 1, decimals.ptr);
  while (out.back() == '0') out.pop_back();
}

}  // namespace

void trace::operator()(std::string_view what) {
  append_milliseconds(text_, world_->elapsed());
  text_.append("ms ").append(what).append("\n");
}

}  // namespace cohedge::testing
