// What a provider answers beside completions: one request each, outside of any call's ledger.

#include "clock_watch.hpp"
#include "http_provider.hpp"

namespace cohedge {

task<fetched> http_provider::fetch(dialect::request_bytes bytes) {
  chain& here = co_await this_chain;
  if (const auto no = refusal()) co_return dress(*no);
  auto clocks = plan::attempt_clocks{where_.clocks().value_or(core_->clocks), here.now(), time_point::max(), 0};
  clock_watch watch{here, clocks, here.now()};
  auto sending = send(bytes, false, watch);
  auto sent = co_await std::move(sending);
  if (!sent) co_return dress(std::move(sent).error());
  auto reading = sent.value().read_all(core_->bounds.body);
  const auto body = co_await std::move(reading);
  if (!body) co_return dress(body.error());
  fetched all{std::move(sent).value(), body.value()};
  co_return all;
}

task<fetched> http_provider::fetch_good(dialect::request_bytes bytes) {
  auto fetching = fetch(std::move(bytes));
  auto got = co_await std::move(fetching);
  if (!got || got.value().answer.status() / 100 == 2) co_return got;
  const auto& answer = got.value().answer;
  co_return dress(surface_.classify(answer.status(), answer.headers(), got.value().body));
}

task<void> http_provider::check() {
  const auto self = shared_from_this();
  auto fetching = fetch(surface_.check());
  auto got = co_await std::move(fetching);
  if (!got) co_return std::move(got).error();
  const auto& answer = got.value().answer;
  auto verdict = surface_.check_answer(answer.status(), answer.headers(), got.value().body);
  if (!verdict) co_return dress(std::move(verdict).error());
  co_return success();
}

task<embeddings> http_provider::embed(embedding_request ask) {
  const auto self = shared_from_this();
  const auto asked = ask.inputs().size();
  auto bytes = surface_.encode_embeddings(ask, where_.model());
  if (!bytes) co_return dress(std::move(bytes).error());
  auto fetching = fetch_good(std::move(bytes).value());
  auto got = co_await std::move(fetching);
  if (!got) co_return std::move(got).error();
  auto vectors = surface_.decode_embeddings(got.value().body);
  if (!vectors) co_return dress(std::move(vectors).error());
  if (const auto came = vectors.value().vectors.size(); came != asked)
    co_return dress({errc::malformed_answer, error_class::pre_content,
                     std::to_string(came) + " vectors for " + std::to_string(asked) + " texts"});
  co_return vectors;
}

task<model_list> http_provider::models(std::string page) {
  const auto self = shared_from_this();
  auto bytes = surface_.encode_models(page);
  if (!bytes) co_return dress(std::move(bytes).error());
  auto fetching = fetch_good(std::move(bytes).value());
  auto got = co_await std::move(fetching);
  if (!got) co_return std::move(got).error();
  auto list = surface_.decode_models(got.value().body);
  if (!list) co_return dress(std::move(list).error());
  co_return list;
}

task<std::uint64_t> http_provider::count_tokens(chat_request ask) {
  const auto self = shared_from_this();
  auto bytes = surface_.encode_count(ask, where_.model(), where_.deviations());
  if (!bytes) co_return dress(std::move(bytes).error());
  auto fetching = fetch_good(std::move(bytes).value());
  auto got = co_await std::move(fetching);
  if (!got) co_return std::move(got).error();
  auto count = surface_.decode_count(got.value().body);
  if (!count) co_return dress(std::move(count).error());
  co_return count;
}

}  // namespace cohedge
