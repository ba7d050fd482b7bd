// Retry, fallback, race, hedge and nested routes over candidates of which some are well and some are not.

#include "scenarios.hpp"

#include <cohedge/route/route.hpp>

namespace cohedge::tests {

using namespace std::chrono_literals;

namespace {

/// What the host names say: "broken.test" answers 503, "slow.test" after 2 s, and so on.
testing::behaviour by_host(const testing::server_request& asked) {
  const auto host = asked.header("host");
  auto does = good();
  if (host.starts_with("broken")) does.status(503);
  if (host.starts_with("slow")) does.after(1500ms).first_token_after(1s);
  if (host.starts_with("cut")) does.cut_after(10);
  if (host.starts_with("lazy")) does.first_token_after(2500ms).keep_alives(2);
  if (host.starts_with("flaky") && asked.number == 0) does.status(503);
  if (host.starts_with("vanishing") && asked.number == 0) does.no_answer(testing::script_end::resets);
  return does;
}

testing::connect_script by_name(const net::origin& to, std::size_t) {
  testing::connect_script how;
  how.after(5ms);
  if (to.host.starts_with("down")) how.fails(errc::connection_refused);
  if (to.host.starts_with("far")) how.hangs();
  return how;
}

script hosts() { return {by_host, by_name, {}}; }

using build = std::function<route(stage&)>;

void add(std::vector<scenario>& all, const std::string& name, form how, build make) {
  all.push_back(scripted(name + (how == form::whole ? ", whole" : ", stream"), hosts(),
                         [how, make](stage& on) { return ask(make(on), how); }));
}

route fallback(stage& on, std::string first) { return route("r").fallback({on.at(first), on.at("b")}); }
route race(stage& on, std::string first) { return route("r").race({on.at(first), on.at("b")}); }
route hedge(stage& on, std::string first) { return route("r").hedge({on.at(first), on.at("b")}, 200ms); }

task<answered> twice_cached(stage& on) {
  const auto chat = route("r").fallback({on.at("a")}).cache(10);
  auto filling = ask(chat, form::whole);
  auto first = co_await std::move(filling);
  if (!first || first->failure) co_return first;
  auto hitting = ask(chat, form::whole);
  co_return co_await std::move(hitting);
}

}  // namespace

void add_strategies(std::vector<scenario>& all) {
  for (const auto how : {form::whole, form::streamed}) {
    add(all, "retry after 503", how, [](stage& on) { return route("r").fallback({on.at("flaky")}); });
    add(all, "retry after a reset", how, [](stage& on) { return route("r").fallback({on.at("vanishing")}); });
    add(all, "fallback from 503", how, [](stage& on) { return fallback(on, "broken"); });
    add(all, "fallback from a refused connect", how, [](stage& on) { return fallback(on, "down"); });
    add(all, "fallback from a connect that hangs", how, [](stage& on) { return fallback(on, "far"); });
    add(all, "fallback from a cut", how, [](stage& on) { return fallback(on, "cut"); });
    add(all, "race of two", how, [](stage& on) { return race(on, "a"); });
    add(all, "race with a slow one", how, [](stage& on) { return race(on, "slow"); });
    add(all, "race with a broken one", how, [](stage& on) { return race(on, "broken"); });
    add(all, "hedge of a slow one", how, [](stage& on) { return hedge(on, "slow"); });
    add(all, "hedge of a lazy one", how, [](stage& on) { return hedge(on, "lazy"); });
    add(all, "hedge of a connect that hangs", how, [](stage& on) { return hedge(on, "far"); });
    add(all, "nested", how, [](stage& on) { return route("o").fallback({race(on, "cut"), hedge(on, "slow")}); });
  }
  add(all, "split", form::whole, [](stage& on) {
    return route("r").split({split_arm{on.at("a"), 1}, split_arm{on.at("b"), 1}});
  });
  all.push_back(scripted("cache", hosts(), twice_cached));
}

}  // namespace cohedge::tests
