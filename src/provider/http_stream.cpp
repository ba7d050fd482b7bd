#include "http_stream.hpp"

#include "clock_watch.hpp"

namespace cohedge {

namespace {

constexpr std::chrono::milliseconds longest_drain{500};

/// Reads an answer whose content is complete to the end of its body.
task<void> drain(net::exchange rest) {
  chain& here = co_await this_chain;
  const auto now = here.now();
  const cancel_scope within{here, now + longest_drain, now};
  std::string_view ignored;
  for (;;) {
    auto got = rest.try_body(ignored);
    if (!got) co_return std::move(got).error();
    if (rest.ended()) co_return success();
    if (got.value()) continue;
    auto reading = rest.more();
    auto arrived = co_await std::move(reading);
    if (!arrived) co_return arrived;
  }
}

}  // namespace

stream_source::step http_stream::poll(delta& out, error& why) {
  using dialect::decode_step;
  for (;;) {
    const bool arrived = !piece_.empty();
    if (arrived || body_ended_) {
      const auto decoded = arrived ? decoder_->next(piece_, out) : decoder_->finish(out);
      if (decoded == decode_step::event) return note(out), step::event;
      if (decoded == decode_step::failed) return why = decoder_->failure(), step::ended;
      if (decoded == decode_step::done || !arrived) return why = errc::end_of_stream, step::ended;
      continue;
    }
    auto got = exchange_->try_body(piece_);
    if (!got) return why = std::move(got).error(), step::ended;
    if (got.value()) continue;
    if (!exchange_->ended()) return step::more;
    body_ended_ = true;
  }
}

void http_stream::note(const delta& event) noexcept {
  if (event.is_content()) {
    if (!committed_) row_.first_content(arrived_);
    committed_ = true;
    clocks_.content(arrived_);
  } else if (event.kind == delta_kind::usage && event.usage->reported) {
    row_->tokens = token_count{event.usage->input, event.usage->output, certainty::exact};
  }
}

error http_stream::end(error why) {
  if (why.code() == errc::end_of_stream) {
    row_ended_well_ = true;
    row_.won(arrived_);
  } else {
    // After content nobody can take over, whatever it was that broke.
    const bool ours = why.kind() == error_class::cancelled || why.kind() == error_class::superseded;
    if (committed_ && !ours && why.kind() != error_class::stalled) why.with_kind(error_class::truncated);
    row_.failed(why, arrived_);
  }
  let_go();
  return why;
}

/// A complete answer's connection goes back to the pool; the end of the body usually came with its last event, and
/// where it did not, it is waited for in the background, for a moment.
void http_stream::let_go() {
  if (!exchange_) return;
  auto rest = std::move(*exchange_);
  exchange_.reset();
  if (row_ended_well_ && !rest.ended()) core_->reaper.start(core_->executor, drain(std::move(rest)));
}

task<void> http_stream::more() {
  chain& here = co_await this_chain;
  const clock_watch watch{here, clocks_, arrived_};
  auto reading = exchange_->more();
  auto arrived = co_await std::move(reading);
  arrived_ = here.now();
  co_return arrived;
}

}  // namespace cohedge
