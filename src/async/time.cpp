#include <cohedge/async/time.hpp>

#include "one_operation.hpp"

#include <asio/execution/blocking.hpp>
#include <asio/require.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <cstddef>
#include <random>

namespace cohedge {

alarm::~alarm() {
  if (source_) source_->clear(*this);
}

time_source::~time_source() { drop_all(); }

void time_source::place(const entry& one, std::size_t slot) noexcept {
  heap_[slot] = one;
  one.of->slot_ = slot;
}

void time_source::sift_up(const entry& moving, std::size_t slot) noexcept {
  while (slot > 0) {
    const auto parent = (slot - 1) / 2;
    if (!moving.before(heap_[parent])) break;
    place(heap_[parent], slot);
    slot = parent;
  }
  place(moving, slot);
}

// Down to the end by the earlier child, and up from there: what takes the place of one that has gone was the last, and
// mostly goes back to where it came from. So no step depends on what a comparison gave.
void time_source::settle(const entry& moving, std::size_t slot) noexcept {
  auto child = 2 * slot + 1;
  for (; child + 1 < heap_.size(); child = 2 * slot + 1) {
    child += static_cast<std::size_t>(heap_[child + 1].before(heap_[child]));
    place(heap_[child], slot);
    slot = child;
  }
  if (child < heap_.size()) {
    place(heap_[child], slot);
    slot = child;
  }
  sift_up(moving, slot);
}

void time_source::set(alarm& a, time_point when) {
  if (a.source_ && a.in_line_) clear(a);
  a.when_ = when;
  a.in_line_ = false;
  const entry one{when, ++orders_, &a};
  if (a.source_) {
    settle(one, a.slot_);
  } else {
    heap_.push_back(one);
    a.source_ = this;
    sift_up(one, heap_.size() - 1);
  }
  if (earliest() == time_point::max())
    none_left();
  else if (heap_.front().of == &a)
    sooner(when);
}

void time_source::clear(alarm& a) noexcept {
  if (a.source_ != this) return;
  a.source_ = nullptr;
  if (a.in_line_)
    leave_line(a);
  else
    leave_heap(a);
}

void time_source::leave_heap(const alarm& a) noexcept {
  const auto slot = a.slot_;
  const auto last = heap_.back();
  heap_.pop_back();
  if (last.of != &a) settle(last, slot);
  if (earliest() == time_point::max()) none_left();
}

bool time_source::ring_next_turn(alarm& a) noexcept {
  if (!turn_arranged_ && !(turn_arranged_ = arrange_turn())) return false;
  clear(a);
  a.source_ = this;
  a.in_line_ = true;
  a.behind_ = nullptr;
  (last_in_line_ ? last_in_line_->behind_ : first_in_line_) = &a;
  last_in_line_ = &a;
  ++line_;
  return true;
}

void time_source::leave_line(const alarm& a) noexcept {
  alarm* before = nullptr;
  for (auto* at = first_in_line_; at != &a; at = at->behind_) before = at;
  (before ? before->behind_ : first_in_line_) = a.behind_;
  if (last_in_line_ == &a) last_in_line_ = before;
  --line_;
}

// An alarm lies in the frame of the coroutine that it resumes, which nobody has looked at since: this has it brought
// closer while another one runs.
static void fetch_what_is_around(const alarm& next) noexcept {
  constexpr std::ptrdiff_t line = 64;
  const auto* const at = reinterpret_cast<const char*>(&next);
  for (auto lines = -6; lines < 8; ++lines) __builtin_prefetch(at + lines * line);
}

void time_source::ring_turn() {
  turn_arranged_ = false;
  struct rest {  // also where an alarm throws
    ~rest() {
      if (of.line_ > 0 && !of.turn_arranged_) of.turn_arranged_ = of.arrange_turn();
    }
    time_source& of;
  } const afterwards{*this};
  for (auto left = line_; left > 0 && first_in_line_; --left) {
    alarm* due = first_in_line_;
    clear(*due);
    if (first_in_line_) fetch_what_is_around(*first_in_line_);
    due->rang();
  }
}

time_point time_source::earliest() const noexcept {
  return heap_.empty() ? time_point::max() : heap_.front().when;
}

bool time_source::ring_one(time_point now) noexcept {
  if (heap_.empty() || heap_.front().when > now) return false;
  alarm* due = heap_.front().of;
  clear(*due);
  due->rang();
  return true;
}

void time_source::ring_until(time_point now) noexcept {
  // Alarms that ring may set new ones for the same instant; those wait for the next round, so a round always ends.
  const auto last_order = orders_;
  while (!heap_.empty() && heap_.front().order <= last_order && ring_one(now)) {
  }
}

void time_source::drop_all() noexcept {
  while (first_in_line_ || !heap_.empty()) {
    alarm* lost = first_in_line_ ? first_in_line_ : heap_.back().of;
    clear(*lost);
    lost->dropped();
  }
}

namespace {

/// Real time: one Asio timer for all alarms of an executor. Setting an alarm that is not the earliest touches no
/// timer, and an alarm that is cleared leaves the timer armed: it then rings for nothing once. Only when no alarm is
/// left is the timer disarmed, so that it does not keep the program running.
/// The timer waits once at a time, in memory that is there already, so that setting an alarm does not fail for want of it:
/// a wait that is too long is cancelled, and its end begins the next one.
class real_time final : public time_source, public std::enable_shared_from_this<real_time> {
 public:
  explicit real_time(const asio::any_io_executor& executor)
      : timer_{executor},
        turns_{asio::require(executor, asio::execution::blocking.never)},
        engine_{seed()},
        memory_{std::make_shared<one_operation>()} {}

  time_point now() const noexcept override { return recent_ = std::chrono::steady_clock::now(); }
  time_point recent() const noexcept override { return recent_; }
  std::int64_t unix_seconds() const noexcept override {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
  }
  std::uint64_t random() noexcept override { return engine_(); }

 private:
  /// The timer's handler. It may outlive the time source, and so does the memory it lies in.
  struct wait_end {
    using allocator_type = from_one_operation<void>;
    allocator_type get_allocator() const noexcept { return allocator_type{*memory}; }

    void operator()(const std::error_code& failed) {
      if (const auto self = time.lock()) self->waited(!failed);
    }

    std::weak_ptr<real_time> time;
    std::shared_ptr<one_operation> memory;
  };

  bool arrange_turn() noexcept override {
#if defined(__cpp_exceptions)
    try {
      begin_turn();
    } catch (...) {  // no memory
      return false;
    }
#else
    begin_turn();
#endif
    return true;
  }

  void begin_turn() {
    turns_.execute([time = weak_from_this()] {
      if (const auto self = time.lock()) self->ring_turn();
    });
  }

  static std::uint64_t seed() {
    std::random_device entropy;
    return std::uint64_t{entropy()} << 32 | entropy();
  }

  void sooner(time_point earliest) override {
    if (earliest >= armed_for_) return;
    armed_for_ = earliest;
    if (waiting_)
      timer_.cancel();
    else
      wait();
  }

  void none_left() noexcept override {
    if (armed_for_ == time_point::max()) return;
    armed_for_ = time_point::max();
    timer_.cancel();
  }

  void wait() {
    waiting_ = true;
    timer_.expires_at(armed_for_);
    timer_.async_wait(wait_end{weak_from_this(), memory_});
  }

  void waited(bool to_the_end) {
    waiting_ = false;
    if (to_the_end) {
      armed_for_ = time_point::max();
      ring_until(now());
    }
    if (waiting_ || earliest() == time_point::max()) return;
    armed_for_ = earliest();
    wait();
  }

  mutable time_point recent_ = std::chrono::steady_clock::now();
  asio::steady_timer timer_;
  asio::any_io_executor turns_;
  std::mt19937_64 engine_;
  std::shared_ptr<one_operation> memory_;
  time_point armed_for_ = time_point::max();
  bool waiting_ = false;
};

}  // namespace

asio::execution_context::id time_service::id;

time_service::time_service(asio::execution_context& context) : asio::execution_context::service{context} {}
time_service::~time_service() = default;

void time_service::install(std::shared_ptr<time_source> source) { installed_ = std::move(source); }

std::shared_ptr<time_source> time_service::of(const asio::any_io_executor& executor) {
  if (installed_) return installed_;
  const std::lock_guard lock{mutex_};
  std::erase_if(real_, [](const auto& entry) { return entry.second.expired(); });
  for (const auto& [owner, source] : real_)
    if (owner == executor)
      if (auto alive = source.lock()) return alive;
  auto fresh = std::make_shared<real_time>(executor);
  real_.emplace_back(executor, fresh);
  return fresh;
}

void time_service::shutdown() noexcept {
  if (installed_) installed_->drop_all();
  auto sources = std::move(real_);
  for (const auto& entry : sources)
    if (const auto alive = entry.second.lock()) alive->drop_all();
}

std::shared_ptr<time_source> time_of(const asio::any_io_executor& executor) {
  auto& context = asio::query(executor, asio::execution::context);
  return asio::use_service<time_service>(context).of(executor);
}

}  // namespace cohedge
