#include <cohedge/provider/call.hpp>

namespace cohedge {

std::optional<std::size_t> call_record::open_row(std::string_view provider, std::string_view model, start_reason why,
                                                 time_point now) {
  if (!attempts_.take()) return std::nullopt;
  auto& row = report_.attempts.emplace_back();
  row.provider = provider;
  row.model = model;
  row.why_started = why;
  row.started = now - started_;
  return report_.attempts.size() - 1;
}

void call_record::first_content(std::size_t index, time_point now) noexcept {
  auto& first = row(index).first_content;
  if (!first) first = now - started_;
}

void call_record::end_row(std::size_t index, end_reason how, const error* failure, time_point now) {
  auto& ended = row(index);
  if (ended.how_ended != end_reason::running) return;
  ended.how_ended = how;
  ended.ended = now - started_;
  if (failure) {
    ended.failure = failure->code();
    ended.kind = failure->kind();
    if (failure->status() != 0) ended.status = failure->status();
    if (ended.request_id.empty()) ended.request_id = failure->request_id();
    ended.detail = failure->detail();
  }
  if (how != end_reason::won && ended.first_content && ended.tokens.known == certainty::unknown)
    ended.tokens.known = certainty::at_least;  // what came has been generated, and will be billed
  if (observer_) observer_->attempt_ended(report_, ended);
}

void call_record::close(time_point now, const error* failure, std::optional<std::size_t> winner) {
  for (std::size_t i = 0; i < report_.attempts.size(); ++i) {
    const auto& row = report_.attempts[i];
    if (row.how_ended == end_reason::won || winner == i) {
      report_.served_by = row.provider;
    } else if (row.how_ended == end_reason::running) {
      const error superseded{errc::superseded};
      end_row(i, end_reason::lost, &superseded, now);
    }
  }
  report_.elapsed = now - started_;
  if (observer_) observer_->call_ended(report_, failure);
}

result<attempt_row> attempt_row::open(const call_context& context, std::string_view provider, std::string_view model) {
  const auto index = context.record().open_row(provider, model, context.why(), context.now());
  if (index) return attempt_row{context.shared_record(), *index};
  const auto most = std::to_string(context.record().attempts().most());
  return error{errc::attempts_used_up, "the call's " + most + " attempts are used up"};
}

attempt_row::~attempt_row() {
  if (!record_) return;
  const error cancelled{errc::cancelled};
  const auto& opened = record_->row(index_);
  record_->end_row(index_, end_reason::cancelled, &cancelled, record_->started() + opened.started);
}

void attempt_row::end(end_reason how, const error* failure, time_point now) {
  if (!record_) return;
  record_->end_row(index_, how, failure, now);
  record_.reset();
}

void attempt_row::failed(const error& why, time_point now) {
  const auto how = why.kind() == error_class::superseded  ? end_reason::lost
                   : why.kind() == error_class::cancelled ? end_reason::cancelled
                                                          : end_reason::failed;
  end(how, &why, now);
}

}  // namespace cohedge
