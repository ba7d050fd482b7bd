#include "catch.hpp"
#include "replay/recordings.hpp"

#include <cohedge/wire/rate_limits.hpp>

#include <map>
#include <set>

using namespace cohedge;
using namespace cohedge::wire;
using namespace std::chrono_literals;

namespace {

using fields = std::vector<std::pair<std::string_view, std::string_view>>;

// "limit/remaining/reset in ms", - for what is not known.
std::string describe(const rate_limit& one) {
  const auto count = [](const auto& known) { return known ? std::to_string(*known) : std::string{"-"}; };
  const auto ms = one.reset ? std::to_string(*one.reset / 1ms) : std::string{"-"};
  return count(one.limit) + "/" + count(one.remaining) + "/" + ms;
}

std::string describe(const rate_limits& all) {
  std::string text;
  const auto add = [&](std::string_view name, const rate_limit& one) {
    if (one.known()) text.append(text.empty() ? "" : " ").append(name).append(" ").append(describe(one));
  };
  add("requests", all.requests);
  add("tokens", all.tokens);
  add("input", all.input_tokens);
  add("output", all.output_tokens);
  return text;
}

rate_limits limits_in(const header_block& headers) {
  rate_limits found;
  const bool any = read_rate_limits(headers, found);
  CHECK(any == found.known());
  return found;
}

std::string limits_of(const fields& given) {
  header_block headers;
  for (const auto& [name, value] : given) headers.add(name, value);
  return describe(limits_in(headers));
}

}  // namespace

TEST_CASE("rate limits: the providers' forms") {
  struct row {
    fields given;
    std::string_view want;
  };
  const row rows[] = {
      {{{"x-ratelimit-limit-requests", "3000"},
        {"x-ratelimit-remaining-requests", "2999"},
        {"x-ratelimit-reset-requests", "20ms"},
        {"X-RateLimit-Limit-Tokens", "250000"},
        {"x-ratelimit-remaining-tokens", "249975"},
        {"x-ratelimit-reset-tokens", "1m30.5s"}},
       "requests 3000/2999/20 tokens 250000/249975/90500"},
      {{{"x-ratelimit-reset-tokens", "17.399999999s"}}, "tokens -/-/17399"},  // Groq
      {{{"x-ratelimit-limit-requests", "250"},
        {"x-ratelimit-reset-requests", "1"},
        {"x-ratelimit-reset-tokens", "0"},
        {"x-ratelimit-renewalperiod-requests", "60"},
        {"x-ratelimit-key", "gpt-5-nano"},
        {"x-ratelimit-abusepenalty-active", "False"}},
       "requests 250/-/1000 tokens -/-/0"},  // Azure
      {{{"date", "Mon, 09 Feb 2026 22:09:20 GMT"},
        {"anthropic-ratelimit-input-tokens-limit", "2000000"},
        {"anthropic-ratelimit-input-tokens-remaining", "1999000"},
        {"anthropic-ratelimit-input-tokens-reset", "2026-02-09T22:09:24Z"},
        {"anthropic-ratelimit-output-tokens-reset", "2026-02-09T22:09:19Z"},
        {"anthropic-ratelimit-requests-limit", "4000"},
        {"anthropic-ratelimit-tokens-remaining", "2400000"}},
       "requests 4000/-/- tokens -/2400000/- input 2000000/1999000/4000 output -/-/0"},
      {{{"anthropic-ratelimit-tokens-reset", "2026-02-09T22:09:24Z"}}, ""},  // without a Date nobody knows
      {{{"date", "Fri, 08 Aug 2025 15:40:50 GMT"},
        {"x-ratelimit-limit", "1"},
        {"x-ratelimit-remaining", "0"},
        {"x-ratelimit-reset", "1754667660000"}},
       "requests 1/0/10000"},  // OpenRouter
      {{{"date", "Fri, 08 Aug 2025 15:40:50 GMT"}, {"x-ratelimit-reset", "1754667651"}}, "requests -/-/1000"},
      {{{"x-ratelimit-limit", "10"}, {"x-ratelimit-remaining-tokens", "3000"}, {"x-ratelimit", "false"}},
       "requests 10/-/- tokens -/3000/-"},  // Together
      {{{"x-ratelimit-limit-req-minute", "120"},
        {"x-ratelimit-remaining-req-minute", "118"},
        {"x-ratelimit-limit-tokens-month", "1000"},
        {"x-ratelimit-remaining-tokens-month", "900"},
        {"x-ratelimit-limit-tokens-minute", "1500000"},
        {"x-ratelimit-remaining-tokens-minute", "800"},
        {"x-ratelimit-remaining-tokens-10-second", "850"},
        {"x-ratelimit-tokens-query-cost", "129"},
        {"ratelimitbysize-limit", "500000"}},
       "requests 120/118/- tokens 1500000/800/-"},  // Mistral: the window with the least left
      {{{"x-ratelimit-remaining-tokens-day", "9223372036854767616"}, {"x-ratelimit-remaining-tokens-hour", "5"}},
       "tokens -/5/-"},
      {{{"ratelimit", "\"api\";r=499;t=278"}, {"ratelimit-policy", "\"fixed window\";\"api\";q=500;w=300"}},
       "requests 500/499/278000"},  // Hugging Face
      {{{"RateLimit", "limit=100, remaining=50, reset=5"}}, "requests 100/50/5000"},
      {{{"ratelimit-limit", "100, 100;w=60"}, {"ratelimit-remaining", "99"}, {"ratelimit-reset", "1"}},
       "requests 100/99/1000"},
      {{{"x-ratelimit-limit-requests", "-1"},
        {"x-ratelimit-remaining-requests", "many"},
        {"x-ratelimit-reset-requests", "soon"}},
       ""},
      {{{"x-ratelimit-limit-requests", "99999999999999999999"}, {"ratelimit", ";;=,r=;t"}, {"x-ratelimit-", "1"}}, ""},
      {{{"content-type", "application/json"}, {"retry-after", "3"}, {"", "1"}}, ""},
  };
  for (const auto& [given, want] : rows) {
    CAPTURE(given.front().first);
    CHECK(limits_of(given) == want);
  }
}

TEST_CASE("rate limits: no more windows are kept than anybody has") {
  header_block headers;
  for (const auto* what : {"requests", "tokens", "input-tokens", "output-tokens"})
    for (const auto* window : {"second", "minute", "hour", "day", "month", "10-second"})
      headers.add(std::string{"x-ratelimit-remaining-"} + what + "-" + window, "7");
  const auto all = limits_in(headers);
  CHECK(all.requests.remaining == 7U);
  CHECK(all.input_tokens.remaining == 7U);
}

TEST_CASE("rate limits: of every recorded answer", "[recorded]") {
  const auto recorded = tests::recordings();
  if (recorded.empty()) return;
  std::map<std::string, int> with_limits;
  std::set<std::string> silent;  // had such a header, and nothing came of it
  for (const auto& exchange : recorded) {
    header_block headers;
    bool any = false;
    for (const auto& [name, value] : exchange.headers) {
      headers.add(name, value);
      std::string lower{name};
      for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      any = any || lower.find("ratelimit") != std::string::npos;
    }
    const auto all = limits_in(headers);
    CAPTURE(exchange.id, describe(all));
    if (all.known()) ++with_limits[exchange.provider];
    if (any && !all.known()) silent.insert(exchange.id);
    if (!any) CHECK_FALSE(all.known());
    for (const auto* one : {&all.requests, &all.tokens, &all.input_tokens, &all.output_tokens}) {
      if (one->limit && one->remaining) CHECK(*one->remaining <= *one->limit + 32);  // Together's sum up
      if (one->reset) CHECK(*one->reset <= 24h);
    }
  }
  for (const auto& id : silent) UNSCOPED_INFO("silent: " << id);
  CHECK(silent.size() == 1);  // Mistral's limit by size, of which nobody says what it counts
  CHECK(with_limits["openai"] == 16);
  CHECK(with_limits["anthropic"] >= 7);
  CHECK(with_limits["huggingface"] >= 3);
  CHECK(with_limits["mistral"] >= 2);
  CHECK(with_limits["azure-foundry"] == 2);
}
