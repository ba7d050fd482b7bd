#include <cohedge/provider/stream.hpp>
#include <cohedge/wire/json_check.hpp>

namespace cohedge {

void completion_stream::note(const delta& event) noexcept {
  if (event.kind == delta_kind::usage) totals_.usage = event.usage;
  if (event.kind == delta_kind::finish && event.choice == 0) totals_.finish = event.finish;
}

bool completion_stream::ready(result<delta>& out) {
  if (kept_) {
    out = *std::exchange(kept_, std::nullopt);
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

task<void> completion_stream::first_content(std::size_t most_neutral_events) {
  for (std::size_t neutral = 0; neutral <= most_neutral_events; ++neutral) {
    auto event = co_await next();
    if (!event) co_return event.error();
    if (!event.value().is_content()) continue;
    kept_ = event.value();
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
