#include "traffic.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/dialect/surface.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/wire/url.hpp>

#include <charconv>
#include <chrono>

namespace cohedge::tests {

using namespace std::chrono_literals;

namespace {

constexpr auto longest_answer = 30s;  // what takes longer is lost
constexpr std::size_t large = 100'000;

std::string name_of(std::size_t number) { return "request " + std::to_string(number) + '.'; }

std::string prompt_of(std::size_t number) {
  auto text = name_of(number);
  if (number % 16 == 0) text.append(large, 'x');
  return text;
}

std::size_t number_in(std::string_view prompt) {
  constexpr std::string_view before = "request ";
  std::size_t number = static_cast<std::size_t>(-1);
  if (prompt.starts_with(before)) std::from_chars(prompt.data() + before.size(), prompt.data() + prompt.size(), number);
  return number;
}

}  // namespace

testing::server_options telling_origin(tally& all) {
  testing::server_options how;
  how.keep_requests(0).script([&all](const testing::server_request& asked) {
    const auto number = number_in(asked.prompt);
    all.seen(number);
    return testing::behaviour{}.text(name_of(number)).after(number % 4 == 0 ? 3ms : 0ms);
  });
  return how;
}

task<void> traffic::send_on() {
  while (next_ < all_.requests()) {
    auto sending = send(next_++);
    co_await std::move(sending);
  }
  co_return success();
}

plain_traffic::plain_traffic(tally& all, asio::any_io_executor executor, const endpoint& where)
    : traffic{all},
      transport_{executor, net::make_tcp_connector(executor), limits{}},
      to_{net::origin{false, {}, 0}} {
  const auto url = wire::parse_url(where.base_url()).value();
  to_ = net::destination{net::origin{url.secure(), url.host, url.port}};
  to_.version(where.version());
  if (where.tls()) to_.tls(*where.tls());
  pool_ = transport_.pool(to_);
  head_ = net::request_head::make(to_, "POST", url.path + "/chat/completions", {}).value();
}

task<void> plain_traffic::send(std::size_t number) {
  auto body = R"({"model":"m","messages":[{"role":"user","content":")" + prompt_of(number) + R"("}]})";
  auto asking = with_deadline<std::string>(longest_answer, ask(std::move(body)));
  const auto got = co_await std::move(asking);
  if (got)
    all_.answered(number, got.value().find(name_of(number)) != std::string::npos, 1);
  else
    all_.failed(number, got.error(), 1);
  co_return success();
}

task<std::string> plain_traffic::ask(std::string body) {
  net::exchange_watch& nobody = unheard_;
  auto sending = transport_.send(*pool_, head_, body, nobody);
  auto sent = co_await std::move(sending);
  if (!sent) co_return std::move(sent).error();
  auto& answer = sent.value();
  if (answer.replayed()) all_.replayed(1);
  auto reading = answer.read_all(limits{}.body);
  const auto text = co_await std::move(reading);
  if (!text) co_return text.error();
  if (answer.status() != 200)
    co_return dialect::openai_chat().classify(answer.status(), answer.headers(), text.value());
  co_return std::string{text.value()};
}

routed_traffic::routed_traffic(tally& all, client& with, const endpoint& where)
    : traffic{all}, route_{route("reload").fallback({make_provider(with, dialect::openai_chat(), where)})} {}

task<void> routed_traffic::send(std::size_t number) {
  const bool streamed = number % 5 == 0;
  auto asking = streamed ? stream(prompt_of(number)) : whole(prompt_of(number));
  auto bounded = with_deadline<told>(longest_answer, std::move(asking));
  const auto got = co_await std::move(bounded);
  const auto attempts = got ? std::span<const attempt>{got.value().ledger.attempts} : got.error().attempts();
  for (const auto& row : attempts) all_.replayed(row.replayed);
  if (got)
    all_.answered(number, got.value().text == name_of(number), attempts.size());
  else
    all_.failed(number, got.error(), attempts.size());
  co_return success();
}

task<routed_traffic::told> routed_traffic::whole(std::string prompt) {
  auto asking = route_.complete(chat_request{std::move(prompt)});
  const auto got = co_await std::move(asking);
  if (!got) co_return got.error();
  co_return told{got.value().text(), got.value().report()};
}

task<routed_traffic::told> routed_traffic::stream(std::string prompt) {
  auto opening = route_.stream(chat_request{std::move(prompt)});
  auto stream = co_await std::move(opening);
  if (!stream) co_return std::move(stream).error();
  auto collecting = collect(stream.value());
  const auto got = co_await std::move(collecting);
  if (!got) co_return got.error();
  co_return told{got.value().text(), stream.value().report()};
}

}  // namespace cohedge::tests
