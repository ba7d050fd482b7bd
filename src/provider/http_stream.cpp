#include "http_stream.hpp"

#include "clock_watch.hpp"

namespace cohedge {

namespace {

constexpr std::chrono::milliseconds longest_drain{500};

/// Reads an answer whose content is complete to the end of its body.
task<void> drain(net::exchange rest) {
  chain& here = co_await this_chain;
  const cancel_scope within{here, here.now() + longest_drain};
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

result<bool> http_stream::poll(delta& out) {
  using dialect::decode_step;
  for (;;) {
    if (!piece_.empty()) {
      auto decoded = decoder_->next(piece_, out);
      if (!decoded) return std::move(decoded).error();
      if (decoded.value() == decode_step::event) {
        note(out);
        return true;
      }
      if (decoded.value() == decode_step::done) return error{errc::end_of_stream};
      continue;
    }
    if (body_ended_) {
      auto last = decoder_->finish(out);
      if (!last) return std::move(last).error();
      if (last.value() == decode_step::event) {
        note(out);
        return true;
      }
      return error{errc::end_of_stream};
    }
    auto got = exchange_->try_body(piece_);
    if (!got) return std::move(got).error();
    if (got.value()) continue;
    if (!exchange_->ended()) return false;
    body_ended_ = true;
  }
}

void http_stream::note(const delta& event) noexcept {
  if (event.is_content()) {
    if (!committed_) row_.first_content(arrived_);
    committed_ = true;
    clocks_.content(arrived_);
  } else if (event.kind == delta_kind::usage && event.usage.reported) {
    row_->tokens = token_count{event.usage.input, event.usage.output, certainty::exact};
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
  if (!exchange_) co_return error{errc::end_of_stream};
  const clock_watch watch{here, clocks_, here.now()};
  auto reading = exchange_->more();
  auto arrived = co_await std::move(reading);
  arrived_ = here.now();
  co_return arrived;
}

}  // namespace cohedge
