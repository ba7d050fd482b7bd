#include "scripted_backend.hpp"

#include "forever.hpp"

#include <cohedge/async/sleep.hpp>
#include <cohedge/core/limits.hpp>

#include <algorithm>

namespace cohedge::testing {

namespace {

using backend_type = scripted_provider::scripted_backend;

error dressed(error why, const std::string& name) {
  if (why.kind() != error_class::cancelled && why.kind() != error_class::superseded) why.with_provider(name);
  return why;
}

/// The events of one streamed answer.
class scripted_events final : public stream_source {
 public:
  scripted_events(backend_type::counted_call call, attempt_row row, const chain& here, time_point deadline,
                  std::string name)
      : call_{std::move(call)},
        row_{std::move(row)},
        index_{row_.index()},
        time_{here.time_pointer()},
        start_{here.now()},
        deadline_{deadline},
        name_{std::move(name)} {}

  step poll(delta& out, error& why) override {
    const auto& script = call_.script();
    if (next_ < script.tokens_that_come()) {
      if (due() > time_->now()) return step::more;
      if (next_ == 0) row_.first_content(time_->now());
      out = delta{};
      out.text = script.tokens[next_++];
      return step::event;
    }
    if (script.is_broken()) {
      if (!script.failure || due() > time_->now()) return step::more;
      return why = *script.failure, step::ended;
    }
    return poll_end(out, why);
  }

  task<void> more() override {
    const bool silence = call_.script().is_broken() && next_ >= call_.script().breaks_at && !call_.script().failure;
    const auto until = silence ? forever : due();
    const auto waited = co_await sleep_until{std::min(until, deadline_)};
    if (waited && deadline_ < until) co_return error{errc::deadline_exceeded};
    co_return waited;
  }

  error end(error why) override {
    const auto now = time_->now();
    if (why.code() == errc::end_of_stream) {
      row_.won(now);
      call_.answered();
      return why;
    }
    const bool ours = why.kind() == error_class::cancelled || why.kind() == error_class::superseded;
    if (next_ > 0 && !ours && why.kind() != error_class::stalled) why.with_kind(error_class::truncated);
    why = dressed(std::move(why), name_);
    row_.failed(why, now);
    call_.failed(why);
    return why;
  }

  std::size_t row() const noexcept override { return index_; }

 private:
  time_point due() const noexcept { return start_ + call_.script().time_of(next_); }

  step poll_end(delta& out, error& why) {
    const auto& script = call_.script();
    out = delta{};
    if (!std::exchange(finish_given_, true)) {
      out.kind = delta_kind::finish;
      out.finish = script.finish;
      out.name = to_string(script.finish);
      return step::event;
    }
    if (!std::exchange(usage_given_, true) && script.used.reported) {
      out.kind = delta_kind::usage;
      out.usage = &script.used;
      row_->tokens = token_count{script.used.input, script.used.output, certainty::exact};
      return step::event;
    }
    const bool nothing = script.tokens.empty() && script.finish != finish_reason::length;
    return why = nothing ? errc::empty_answer : errc::end_of_stream, step::ended;
  }

  backend_type::counted_call call_;
  attempt_row row_;
  std::size_t index_;
  std::shared_ptr<time_source> time_;
  time_point start_;
  time_point deadline_;
  std::string name_;
  std::size_t next_ = 0;
  bool finish_given_ = false;
  bool usage_given_ = false;
};

completion whole_answer(const scripted_call& script, const std::string& model) {
  completion answer;
  auto& first = answer.at(0);
  for (const auto& token : script.tokens) first.text += token;
  first.finish = script.finish;
  first.finish_text = to_string(script.finish);
  answer.usage() = script.used;
  answer.model(model);
  return answer;
}

}  // namespace

backend_type::counted_call::counted_call(std::shared_ptr<scripted_backend> of, chat_request ask) : of_{std::move(of)} {
  if (!of_->calls.empty()) script_ = of_->calls[std::min(of_->started, of_->calls.size() - 1)];
  ++of_->started;
  of_->requests.push_back(std::move(ask));
}

void backend_type::counted_call::failed(const error& why) noexcept {
  const bool by_caller = why.kind() == error_class::cancelled || why.kind() == error_class::superseded;
  end_as(by_caller ? &scripted_backend::cancelled : &scripted_backend::failures);
}

task<completion> backend_type::complete(chat_request ask, call_context context) {
  const auto alive = self();
  chain& here = co_await this_chain;
  auto opened = attempt_row::open(context, name_, model);
  if (!opened) co_return std::move(opened).error();
  auto& row = opened.value();
  counted_call call{alive, std::move(ask)};
  const auto& script = call.script();

  const auto count = script.tokens_that_come();
  const auto ends_at = script.is_broken() ? script.time_of(count) : script.time_of(count == 0 ? 0 : count - 1);
  const bool silence = script.is_broken() && !script.failure;
  const auto done_at = silence ? forever : here.now() + ends_at;
  const auto waited = co_await sleep_until{std::min(done_at, context.deadline())};
  const auto now = here.now();
  std::optional<error> why;
  if (!waited)
    why = waited.error();
  else if (now < done_at)
    why = error{errc::deadline_exceeded};
  else if (script.is_broken())
    why = dressed(*script.failure, name_);
  if (why) {
    row.failed(*why, now);
    call.failed(*why);
    co_return *why;
  }
  if (script.used.reported) row->tokens = token_count{script.used.input, script.used.output, certainty::exact};
  row.first_content(now);
  row.won(now);
  call.answered();
  co_return whole_answer(script, model);
}

task<completion_stream> backend_type::stream(chat_request ask, call_context context) {
  const auto alive = self();
  chain& here = co_await this_chain;
  auto opened = attempt_row::open(context, name_, model);
  if (!opened) co_return std::move(opened).error();
  counted_call call{alive, std::move(ask)};
  std::unique_ptr<stream_source> source =
      std::make_unique<scripted_events>(std::move(call), std::move(opened).value(), here, context.deadline(),
                                        name_);
  completion_stream begun{std::move(source), context.shared_record()};
  auto waiting = begun.first_content(limits{}.neutral_events);
  const auto first = co_await std::move(waiting);
  if (first) co_return begun;
  co_return first.error();
}

task<void> backend_type::check() {
  const auto alive = self();
  if (ill) co_return dressed(*ill, name_);
  co_return success();
}

}  // namespace cohedge::testing
