#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include "../../../src/net/address_book.hpp"
#include "catch.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

#include <map>
#include <utility>

namespace cohedge::tests {
namespace {

using net::addresses;

net::addresses list(std::initializer_list<const char*> texts) {
  net::addresses made;
  for (const auto* text : texts) made.push_back(asio::ip::make_address(text));
  return made;
}

/// Answers when the test wants it to, and counts how often it was asked.
class scripted_lookup final : public net::name_lookup {
 public:
  void start(const std::string& host, answer on_answer) override {
    ++asked;
    waiting.emplace(host, std::move(on_answer));
  }

  std::size_t asked = 0;
  std::map<std::string, answer> waiting;
};

class fixture {
 public:
  explicit fixture(std::size_t most_names = 8) {
    auto made = std::make_unique<scripted_lookup>();
    lookup = made.get();
    book = std::make_unique<net::address_book>(std::move(made), most_names);
  }

  using outcome = std::optional<result<addresses>>;

  std::shared_ptr<outcome> start(const std::string& host) {
    auto found = std::make_shared<outcome>();
    auto on_end = [found](result<addresses> of) { found->emplace(std::move(of)); };
    spawn(world, find(host), asio::bind_cancellation_slot(stop.slot(), std::move(on_end)));
    world.run_for(duration{});
    return found;
  }
  /// The lookup's answer; nothing: there is no such name.
  void answer(const std::string& host, addresses found = {}) {
    auto give = lookup->waiting.extract(host).mapped();
    const auto failed = found.empty() ? std::make_error_code(std::errc::no_such_device_or_address) : std::error_code{};
    auto later = [=] { give(failed, found); };
    asio::post(world.get_executor(), std::move(later));
    world.run_for(duration{});
  }
  /// Asks and is answered.
  result<addresses> ask(const std::string& host, addresses found) {
    const auto asking = start(host);
    if (lookup->waiting.contains(host)) answer(host, std::move(found));
    REQUIRE(*asking);
    return std::move(**asking);
  }

  testing::virtual_context world;
  asio::cancellation_signal stop;
  scripted_lookup* lookup = nullptr;
  std::unique_ptr<net::address_book> book;

 private:
  task<addresses> find(std::string host) { co_return co_await book->find(host); }
};

TEST_CASE("addresses are remembered for a minute", "[net]") {
  fixture f;
  const auto first = list({"::1", "127.0.0.1"});
  const auto second = list({"127.0.0.2"});
  CHECK(f.ask("a", first).value() == first);
  f.world.run_for(std::chrono::seconds{59});
  CHECK(f.ask("a", second).value() == first);
  CHECK(f.lookup->asked == 1);
  f.world.run_for(std::chrono::seconds{1});
  CHECK(f.ask("a", second).value() == second);
  CHECK(f.lookup->asked == 2);
}

TEST_CASE("that there is no such name is remembered for a second", "[net]") {
  fixture f;
  CHECK(f.ask("a", {}).error().code() == errc::name_not_found);
  f.world.run_for(std::chrono::milliseconds{999});
  const auto again = f.ask("a", {});
  CHECK(again.error().code() == errc::name_not_found);
  CHECK(again.error().detail().starts_with("a: "));
  CHECK(f.lookup->asked == 1);
  f.world.run_for(std::chrono::milliseconds{1});
  CHECK(f.ask("a", list({"::1"})));
  CHECK(f.lookup->asked == 2);
}

TEST_CASE("a name is looked up once, however many ask", "[net]") {
  fixture f;
  const auto one = f.start("a");
  const auto other = f.start("a");
  const auto elsewhere = f.start("b");
  CHECK(f.lookup->asked == 2);
  f.answer("a", list({"::1"}));
  CHECK((*one)->value() == list({"::1"}));
  CHECK((*other)->value() == list({"::1"}));
  CHECK_FALSE(*elsewhere);
  f.answer("b", list({"::2"}));
  CHECK((*elsewhere)->value() == list({"::2"}));
}

TEST_CASE("who waits for a name can be cancelled, and the answer is there for the next", "[net]") {
  fixture f;
  const auto asking = f.start("a");
  f.stop.emit(asio::cancellation_type::terminal);
  CHECK_FALSE(*asking);  // never inside the call
  f.world.run_for(duration{});
  REQUIRE(*asking);
  CHECK((*asking)->error().code() == errc::cancelled);
  f.answer("a", list({"::1"}));
  CHECK(f.ask("a", {}).value() == list({"::1"}));
  CHECK(f.lookup->asked == 1);
}

TEST_CASE("addresses that all failed are asked for again", "[net]") {
  fixture f;
  f.ask("a", list({"::1"})).value();
  f.book->failed("a");
  CHECK(f.ask("a", list({"::2"})).value() == list({"::2"}));
}

TEST_CASE("the address that was good last comes first", "[net]") {
  fixture f;
  const auto sorted = list({"::1", "::2", "1.1.1.1", "1.1.1.2"});
  CHECK(f.ask("a", sorted).value() == list({"::1", "1.1.1.1", "::2", "1.1.1.2"}));
  f.book->worked("a", asio::ip::make_address("1.1.1.2"));
  const auto expected = list({"1.1.1.2", "::1", "1.1.1.1", "::2"});
  CHECK(f.ask("a", {}).value() == expected);
  f.world.run_for(net::address_book::kept);
  CHECK(f.ask("a", sorted).value() == expected);
}

TEST_CASE("so many names are remembered, the latest ones", "[net]") {
  fixture f{2};
  for (const auto* name : {"a", "b", "a", "c"}) f.ask(name, list({"::1"})).value();
  CHECK(f.lookup->asked == 3);
  f.ask("a", {}).value();
  CHECK(f.lookup->asked == 3);
  f.ask("b", list({"::1"})).value();
  CHECK(f.lookup->asked == 4);
}

TEST_CASE("an address as text is not looked up", "[net]") {
  fixture f;
  const auto text = GENERATE(as<std::string>{}, "127.0.0.1", "::1");
  CHECK(f.ask(text, {}).value() == list({text.c_str()}));
  CHECK(f.lookup->asked == 0);
}

TEST_CASE("address families take turns, beginning with the system's choice or with what was good", "[net]") {
  const auto sorted = list({"::1", "::2", "::3", "1.1.1.1", "1.1.1.2"});
  const auto good = [](const char* text) { return std::optional{asio::ip::make_address(text)}; };
  CHECK(net::take_turns(sorted) == list({"::1", "1.1.1.1", "::2", "1.1.1.2", "::3"}));
  CHECK(net::take_turns(sorted, good("1.1.1.1")) == list({"1.1.1.1", "::1", "1.1.1.2", "::2", "::3"}));
  CHECK(net::take_turns(sorted, good("::3")) == list({"::3", "1.1.1.1", "::1", "1.1.1.2", "::2"}));
  CHECK(net::take_turns(sorted, good("9.9.9.9")) == list({"1.1.1.1", "::1", "1.1.1.2", "::2", "::3"}));
  CHECK(net::take_turns({}).empty());
  CHECK(net::take_turns({}, good("::1")).empty());
}

}  // namespace
}  // namespace cohedge::tests
