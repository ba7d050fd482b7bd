#include <cohedge/provider/provider.hpp>

namespace cohedge {

task<void> nothing_to_warm_up() { co_return success(); }

namespace {

std::shared_ptr<call_record> new_record(backend& asked, time_point now) {
  const frame_allocator<call_record> memory;
  return std::allocate_shared<call_record>(memory, now, asked.most_attempts(), asked.observer());
}

error with_ledger(error failure, const std::shared_ptr<call_record>& record, time_point now) {
  record->close(now, &failure);
  failure.with_report(std::shared_ptr<const report>{record, &record->report()});
  return failure;
}

const attempt* winner_of(const report& ledger) noexcept {
  for (const auto& row : ledger.attempts)
    if (row.how_ended == end_reason::won) return &row;
  return nullptr;
}

// Free coroutines over the backend: the task may outlive the handle it was made from.
task<completion> complete_as_call(std::shared_ptr<backend> asked, chat_request ask) {
  const chain& here = co_await this_chain;
  const auto now = here.now();
  const auto record = new_record(*asked, now);
  auto work = asked->complete(std::move(ask), call_context{record, now});
  auto answer = co_await std::move(work);
  if (!answer) co_return with_ledger(std::move(answer).error(), record, here.now());
  // The winner's row has just ended; from there on no time has passed.
  const auto* won = winner_of(record->report());
  record->close(won ? record->started() + *won->ended : here.now(), nullptr);
  answer.value().report(std::shared_ptr<const report>{record, &record->report()});
  co_return answer;
}

task<completion_stream> stream_as_call(std::shared_ptr<backend> asked, chat_request ask) {
  const chain& here = co_await this_chain;
  const auto now = here.now();
  const auto record = new_record(*asked, now);
  auto work = asked->stream(std::move(ask), call_context{record, now});
  auto answer = co_await std::move(work);
  if (!answer) co_return with_ledger(std::move(answer).error(), record, here.now());
  record->close(here.now(), nullptr, answer.value().row());
  co_return answer;
}

task<void> warm_up_backend(std::shared_ptr<backend> asked) {
  auto work = asked->warm_up();
  co_return co_await std::move(work);
}

error has_no(const backend& asked, std::string_view what) {
  return error{errc::unsupported, asked.name() + " has no " + std::string{what}}.with_provider(asked.name());
}

// The same for what goes through unchanged.
task<embeddings> embed_by(std::shared_ptr<backend> asked, embedding_request ask) {
  auto work = asked->embed(std::move(ask));
  co_return co_await std::move(work);
}

task<model_list> models_of(std::shared_ptr<backend> asked, std::string page) {
  auto work = asked->models(std::move(page));
  co_return co_await std::move(work);
}

task<std::uint64_t> count_by(std::shared_ptr<backend> asked, chat_request ask) {
  auto work = asked->count_tokens(std::move(ask));
  co_return co_await std::move(work);
}

task<void> check_backend(std::shared_ptr<backend> asked) { co_return co_await asked->check(); }

}  // namespace

task<embeddings> backend::embed(embedding_request) { co_return has_no(*this, "embeddings"); }
task<model_list> backend::models(std::string) { co_return has_no(*this, "list of models"); }
task<std::uint64_t> backend::count_tokens(chat_request) { co_return has_no(*this, "token counting"); }

task<completion> provider::complete(chat_request ask) const { return complete_as_call(backend_, std::move(ask)); }
task<completion_stream> provider::stream(chat_request ask) const { return stream_as_call(backend_, std::move(ask)); }
task<void> provider::warm_up() const { return warm_up_backend(backend_); }
task<void> provider::check() const { return check_backend(backend_); }
task<embeddings> provider::embed(embedding_request ask) const { return embed_by(backend_, std::move(ask)); }
task<model_list> provider::models(std::string page) const { return models_of(backend_, std::move(page)); }
task<std::uint64_t> provider::count_tokens(chat_request ask) const { return count_by(backend_, std::move(ask)); }

}  // namespace cohedge
