#include <cohedge/provider/stream.hpp>
#include <cohedge/wire/json_check.hpp>

namespace cohedge {

void completion_stream::note(const delta& event) noexcept {
  if (event.kind == delta_kind::usage) totals_.usage = event.usage;
  if (event.kind == delta_kind::finish && event.choice == 0) totals_.finish = event.finish;
}

bool completion_stream::ready(result<delta>& out) {
  if (handed_out_ < kept_.size()) {
    out = kept_[handed_out_++];
    return true;
  }
  if (end_) {
    out = *end_;
    return true;
  }
  delta event;
  auto polled = source_->poll(event);
  if (!polled) {
    end_ = source_->end(std::move(polled).error());
    out = *end_;
    return true;
  }
  if (!polled.value()) return false;
  note(event);
  out = event;
  return true;
}

task<delta> completion_stream::pull() {
  for (;;) {
    auto arrived = co_await source_->more();
    if (!arrived && !end_) end_ = source_->end(std::move(arrived).error());
    result<delta> out{error{}};
    if (ready(out)) co_return out;
  }
}

/// A finish or usage that comes before any content; its text must outlive the next poll.
void completion_stream::keep(const delta& event) {
  if (event.kind == delta_kind::usage && !kept_.empty() && kept_.back().kind == delta_kind::usage) kept_.pop_back();
  kept_.push_back(event);
  if (!event.name.empty()) kept_.back().name = kept_words_.emplace_back(event.name);
}

task<void> completion_stream::first_content(std::size_t most_neutral_events) {
  handed_out_ = static_cast<std::size_t>(-1);  // nothing is handed out before all of it is known
  for (std::size_t neutral = 0; neutral <= most_neutral_events; ++neutral) {
    auto event = co_await next();
    if (!event && event.error().code() != errc::end_of_stream) co_return event.error();
    if (event && !event->is_content()) {
      keep(*event);
      continue;
    }
    if (event) kept_.push_back(*event);
    handed_out_ = 0;
    co_return success();
  }
  end_ = source_->end(error{errc::limit_exceeded, error_class::pre_content, "too many events before the first content"});
  co_return *end_;
}

result<stream_end> completion_stream::ended() const {
  if (!end_) return error{errc::invalid_argument, "the stream has not ended: read it with next() first"};
  if (end_->code() != errc::end_of_stream) return *end_;
  return totals_;
}

task<completion> collect(completion_stream& stream) {
  completion_builder builder;
  for (;;) {
    auto event = co_await stream.next();
    if (event) {
      builder.apply(event.value());
      continue;
    }
    if (event.error().code() != errc::end_of_stream) co_return event.error();
    co_return std::move(builder).take(&wire::is_json);
  }
}

}  // namespace cohedge
