// Rules that a compiler does not check: who may read a clock, and what must not stand beside co_await (g++ 12).

#include "catch.hpp"
#include "source.hpp"

#include <regex>

namespace {

using cohedge::tests::place;
using cohedge::tests::read_sources;
using cohedge::tests::source;
using cohedge::tests::without_comments;

// Time and chance come from the time service; src/async/time.cpp is the one place that asks the system for them.
// The program and the loopback server are at the edge and may.
bool may_read_clocks(const std::string& path) {
  return path == "src/async/time.cpp" || path.starts_with("src/cli/") || path.starts_with("src/testing/");
}

std::vector<std::string> clock_faults(const source& file) {
  std::vector<std::string> faults;
  if (may_read_clocks(file.path)) return faults;
  static const std::regex forbidden{
      "_clock::now\\b|\\b(steady|system|high_resolution)_timer\\b|this_thread::sleep|\\brandom_device\\b|\\bmt19937|"
      "\\b(clock_gettime|gettimeofday|nanosleep|usleep|getrandom|arc4random)\\b|\\bstd::(time|rand)\\b|\\bs?rand\\("};
  const auto code = without_comments(file.text, true);
  for (std::sregex_iterator hit{code.begin(), code.end(), forbidden}, end; hit != end; ++hit)
    faults.push_back(place(file, static_cast<std::size_t>(hit->position())) + ": " + hit->str());
  return faults;
}

// The statement's rest from a co_await on: to its semicolon, or to the parenthesis that was open before it.
std::string_view expression_at(std::string_view code, std::size_t position) {
  int depth = 0;
  for (auto i = position; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '(' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '}' || c == ']') --depth;
    if (depth < 0 || (depth == 0 && c == ';')) return code.substr(position, i - position);
  }
  return code.substr(position);
}

// g++ 12 destroys an aggregate temporary, or a lambda with captures of its own, twice when it stands in the same full
// expression as co_await. References and `this` are harmless to copy twice.
std::vector<std::string> await_faults(const source& file) {
  std::vector<std::string> faults;
  static const std::regex designated{"\\{\\s*\\."};
  static const std::regex capturing{
      "(^|[(,={\\s])\\[(?!(?:&\\w*|this)(?:\\s*,\\s*(?:&\\w*|this))*\\])[^\\]\\[]+\\]\\s*[({]"};
  static const std::regex choice{"\\?\\s*co_await\\b"};

  const auto code = without_comments(file.text, true);
  const auto fault = [&](std::size_t position, const char* what) {
    faults.push_back(place(file, position) + ": " + what);
  };
  for (auto at = code.find("co_await"); at != std::string::npos; at = code.find("co_await", at + 8)) {
    const std::string expression{expression_at(code, at)};
    if (std::regex_search(expression, designated)) fault(at, "an aggregate in one expression with co_await");
    if (std::regex_search(expression, capturing)) fault(at, "a capturing lambda in one expression with co_await");
  }
  for (std::sregex_iterator hit{code.begin(), code.end(), choice}, end; hit != end; ++hit)
    fault(static_cast<std::size_t>(hit->position()), "?: with co_await");
  return faults;
}

}  // namespace

TEST_CASE("only the time service reads clocks, sleeps and draws random numbers", "[structure]") {
  const auto files = read_sources({"include", "src"});
  REQUIRE(files.size() > 10);
  for (const auto& file : files)
    for (const auto& fault : clock_faults(file)) FAIL_CHECK(fault);
}

TEST_CASE("nothing stands beside co_await that g++ 12 destroys twice", "[structure]") {
  for (const auto& file : read_sources({"include", "src", "examples", "bench", "tests"})) {
    if (file.path.starts_with("tests/unit/structure/")) continue;
    for (const auto& fault : await_faults(file)) FAIL_CHECK(fault);
  }
}

TEST_CASE("the clock check finds what it is there to find", "[structure]") {
  const auto faults = [](std::string path, std::string text) {
    return clock_faults({std::move(path), std::move(text)});
  };
  CHECK(faults("src/route/x.cpp", "\nauto t = std::chrono::steady_clock::now();") ==
        std::vector<std::string>{"src/route/x.cpp:2: _clock::now"});
  CHECK(faults("src/net/x.cpp", "asio::steady_timer timer{executor};").size() == 1);
  CHECK(faults("src/plan/x.cpp", "std::this_thread::sleep_for(1s);").size() == 1);
  CHECK(faults("src/plan/x.cpp", "std::random_device seed; std::mt19937_64 draw{seed()};").size() == 2);
  CHECK(faults("include/cohedge/plan/x.hpp", "auto t = std::time(nullptr);").size() == 1);

  CHECK(faults("src/async/time.cpp", "return std::chrono::steady_clock::now();").empty());
  CHECK(faults("src/async/x.cpp", "co_await sleep_for(1s);  // not steady_clock::now").empty());
  CHECK(faults("src/async/x.cpp", "std::chrono::steady_clock::time_point now_; \"steady_timer\";").empty());
}

TEST_CASE("the co_await check finds what it is there to find", "[structure]") {
  const auto count = [](std::string text) { return await_faults({"src/x.cpp", std::move(text)}).size(); };
  CHECK(await_faults({"src/x.cpp", "\nco_await f({.a = 1});"}) ==
        std::vector<std::string>{"src/x.cpp:2: an aggregate in one expression with co_await"});
  CHECK(count("auto r = co_await f(options{\n    .a = b});") == 1);
  CHECK(count("co_await g([s] { return s; });") == 1);
  CHECK(count("co_await g(1, [s = std::move(t)](int) { return s; });") == 1);
  CHECK(count("co_await [s]() -> task<void> { co_return; }();") == 1);
  CHECK(count("co_await g([&, s] { return s; });") == 1);
  CHECK(count("auto r = c ? co_await f() : T{7};") == 1);

  CHECK(count("options o{.a = 1}; co_await f(std::move(o));") == 0);
  CHECK(count("auto l = [s] { return s; }; co_await g(l);") == 0);
  CHECK(count("co_await g([&] { return s; }); co_await g([this] {}); co_await g([](int) {});") == 0);
  CHECK(count("co_await g([&a, &b] { return a + b; });") == 0);
  CHECK(count("co_await f(list[i](0)); auto [ec, n] = co_await h(); options o{.a = 1};") == 0);
  CHECK(count("if (auto r = co_await f(); r) { use({.a = 1}); }") == 0);
  CHECK(count("// co_await f({.a = 1});\nconst char* text = \"co_await f({.a = 1})\";") == 0);
}
