#include "scripted_stream.hpp"

#include "forever.hpp"

#include <algorithm>

namespace cohedge::testing {

scripted_stream::scripted_stream(std::shared_ptr<scripted_network::state> network, std::shared_ptr<time_source> time,
                                 const net::origin& to, const connect_script& how)
    : network_{std::move(network)},
      time_{std::move(time)},
      index_{network_->connections.size()},
      idle_close_{how.idle_close()},
      last_activity_{time_->now()} {
  network_->connections.push_back({.to = to, .opened = time_->now(), .closed = {}, .last_write = {}, .written = {}});
  if (!how.greeting().empty()) due_.push_back({time_->now(), how.greeting()});
  parser_.begin();
}

scripted_stream::~scripted_stream() { close(); }

time_point scripted_stream::next_event() const noexcept {
  if (!due_.empty()) return due_.front().at;
  if (idle_close_ == duration::max() || ended_) return forever;
  return last_activity_ + idle_close_;
}

void scripted_stream::server_ends(script_end how) noexcept {
  ended_ = how;
  due_.clear();
  if (how != script_end::hangs) record().ended_by_server = true;
}

/// What can be read now: true and the outcome.
bool scripted_stream::take(std::span<char> into, result<std::size_t>& done) {
  const auto now = time_->now();
  if (!ended_ && next_event() <= now) {
    if (due_.empty())
      server_ends(script_end::closes);
    else if (due_.front().bytes.empty())
      server_ends(due_.front().how);
  }
  if (ended_ == script_end::closes) return done = std::size_t{0}, true;
  if (ended_ == script_end::resets) return done = error{errc::connection_reset}, true;
  if (ended_ || due_.empty() || due_.front().at > now) return false;

  const auto& bytes = due_.front().bytes;
  const auto size = std::min(into.size(), bytes.size() - given_);
  std::copy_n(bytes.data() + given_, size, into.data());
  last_activity_ = now;
  given_ += size;
  if (given_ == bytes.size()) {
    due_.pop_front();
    given_ = 0;
  }
  return done = size, true;
}

bool scripted_stream::start_read(std::span<char> into, net::io_operation& op, result<std::size_t>& done) {
  if (closed_) return done = error{errc::connection_closed}, true;
  if (take(into, done)) return true;
  reading_ = &op;
  into_ = into;
  time_->set(*this, next_event());
  return false;
}

bool scripted_stream::start_write(std::span<const char> data, net::io_operation&, result<std::size_t>& done) {
  if (closed_) return done = error{errc::connection_closed}, true;
  const bool over = !ended_ && due_.empty() && next_event() <= time_->now();
  if (over) server_ends(script_end::closes);
  const bool server_reset = ended_ == script_end::resets ||
                            (!due_.empty() && due_.front().bytes.empty() && due_.front().at <= time_->now() &&
                             due_.front().how == script_end::resets);
  if (server_reset) {
    server_ends(script_end::resets);
    return done = error{errc::connection_reset}, true;
  }
  undelivered_ = undelivered_ || ended_.has_value();
  record().written.append(data.data(), data.size());
  record().last_write = last_activity_ = time_->now();
  done = data.size();
  if (!ended_) serve({data.data(), data.size()});
  if (reading_) time_->set(*this, next_event());
  return true;
}

void scripted_stream::serve(std::string_view input) {
  for (;;) {
    const auto step = parser_.next(input);
    if (step.has_error()) {
      ++network_->bad_requests;
      return answer(scripted_response{400, std::string{step.error().detail()}}.close(), false);
    }
    if (step.value() == wire::http1_step::need_more) return;
    if (step.value() == wire::http1_step::body) current_.body += parser_.body();
    if (step.value() != wire::http1_step::end) continue;
    request_complete();
    if (input.empty()) return;
  }
}

void scripted_stream::request_complete() {
  current_.method = parser_.method();
  current_.target = parser_.target();
  current_.headers = parser_.headers();
  current_.number = network_->requests.size();
  current_.connection = index_;
  current_.on_connection = served_++;
  current_.at = time_->now();
  current_.read_body();
  network_->requests.push_back(std::move(current_));
  current_ = {};
  parser_.begin();
  const auto& asked = network_->requests.back();
  answer(network_->on_request ? network_->on_request(asked) : scripted_response{404}, asked.method == "HEAD");
}

void scripted_stream::answer(const scripted_response& with, bool to_head) {
  const auto script = with.script(network_->seed + network_->requests.size(), to_head);
  auto at = due_.empty() ? time_->now() : std::max(time_->now(), due_.back().at);
  for (const auto& part : script.parts()) due_.push_back({at += part.wait, part.bytes});
  at += script.wait_before_end();
  if (script.how_it_ends() != script_end::stays_open) due_.push_back({at, {}, script.how_it_ends()});
}

void scripted_stream::cancel() noexcept {
  if (!reading_) return;
  cancelled_ = true;
  time_->set(*this, time_->now());  // never inside `cancel`
}

void scripted_stream::close() noexcept {
  if (std::exchange(closed_, true)) return;
  record().open = false;
  record().closed = time_->now();
  cancel();
}

bool scripted_stream::idle_and_open() noexcept {
  return !closed_ && !ended_ && (due_.empty() ? next_event() > time_->now() : due_.front().at > time_->now());
}

void scripted_stream::rang() noexcept {
  auto* op = reading_;
  if (!op) return;
  result<std::size_t> done{std::size_t{0}};
  if (std::exchange(cancelled_, false)) {
    done = error{closed_ ? errc::connection_closed : errc::cancelled};
  } else if (!take(into_, done)) {
    return time_->set(*this, next_event());
  }
  reading_ = nullptr;
  op->complete(std::move(done));
}

void scripted_stream::dropped() noexcept {
  if (auto* op = std::exchange(reading_, nullptr)) op->owner().abandon();
}

}  // namespace cohedge::testing
