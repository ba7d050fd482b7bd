#include <cohedge/provider/stream.hpp>
#include <cohedge/wire/json_check.hpp>

namespace cohedge {

void completion_stream::note(delta& event) noexcept {
  auto& totals = source_->totals_;
  if (event.kind == delta_kind::usage) {
    totals.usage = *event.usage;
    event.usage = &totals.usage;
  } else if (event.kind == delta_kind::finish && event.choice == 0) {
    totals.finish = event.finish;
  }
}

/// Ends the stream, unless it has ended.
void completion_stream::give_up(error why) {
  auto& at = *source_;
  if (at.end_.code() == errc::none) at.end_ = at.end(std::move(why));
  at.latest_ = stream_source::step::ended;
}

/// Memory that is used up ends the stream: nothing is thrown to its reader.
bool completion_stream::advance() {
#if defined(__cpp_exceptions)
  try {
    return next_step();
  } catch (...) {
    give_up(error_of_current_exception());
    return true;
  }
#else
  return next_step();
#endif
}

bool completion_stream::next_step() {
  using step = stream_source::step;
  auto& at = *source_;
  if (at.early_left_ > 0) {
    const auto& early = at.early_[at.early_.size() - at.early_left_--];
    at.event_ = early.event;
    if (!early.name.empty()) at.event_.name = early.name;
    if (!early.text.empty()) at.event_.text = early.text;
    at.latest_ = step::event;
    return true;
  }
  if (std::exchange(at.unread_, false)) return true;
  if (at.end_.code() == errc::none) {
    error why;
    at.latest_ = at.poll(at.event_, why);
    if (at.latest_ == step::event && !at.event_.is_content()) note(at.event_);
    if (at.latest_ == step::ended) at.end_ = at.end(std::move(why));
  } else {
    at.latest_ = step::ended;
  }
  return at.latest_ != step::more;
}

result<delta> completion_stream::latest() const {
  if (source_->latest_ == stream_source::step::event) return source_->event_;
  return source_->end_;
}

task<void> completion_stream::pull() {
  auto& at = *source_;
  do {
    auto arrived = co_await at.more();
    if (!arrived && at.end_.code() == errc::none) at.end_ = at.end(std::move(arrived).error());
  } while (!advance());
  co_return success();
}

task<void> completion_stream::first_content(std::size_t most_neutral_events) {
  auto& at = *source_;
  for (std::size_t neutral = 0; neutral <= most_neutral_events; ++neutral) {
    auto event = co_await next();
    if (!event && event.error().code() != errc::end_of_stream) co_return event.error();
    if (event && !event->is_content()) {
      keep(*event);
      continue;
    }
    if (event && at.early_.empty())
      at.unread_ = true;
    else if (event)
      keep(*event);
    at.early_left_ = at.early_.size();
    co_return success();
  }
  at.end_ = at.end(error{errc::limit_exceeded, error_class::pre_content, "too many events before the first content"});
  co_return at.end_;
}

/// Of several usages the last one counts.
void completion_stream::keep(const delta& event) {
  auto& early = source_->early_;
  if (event.kind == delta_kind::usage && !early.empty() && early.back().event.kind == delta_kind::usage)
    early.pop_back();
  early.push_back({event, std::string{event.name}, std::string{event.is_content() ? std::string_view{} : event.text}});
}

result<stream_end> completion_stream::ended() const {
  const auto& how = source_->end_;
  if (how.code() == errc::none)
    return error{errc::invalid_argument, "the stream has not ended: read it with next() first"};
  if (how.code() != errc::end_of_stream) return how;
  return source_->totals_;
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
