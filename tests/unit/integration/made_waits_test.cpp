// What providers ask us to wait.

#include <cohedge/route/route.hpp>

#include "made_fault.hpp"

using namespace cohedge;
using namespace cohedge::tests::made;
using namespace std::chrono_literals;

namespace {

std::vector<row> waits() {
  using enum error_class;
  using form = retry_after_form;
  std::vector<row> rows;
  for (const auto how : {form::seconds, form::http_date, form::retry_after_ms, form::x_ms_retry_after_ms,
                         form::x_ratelimit_reset_requests, form::x_ratelimit_reset, form::x_ratelimit_reset_unix,
                         form::x_ratelimit_reset_unix_ms, form::anthropic_ratelimit_reset, form::ratelimit,
                         form::ratelimit_reset, form::google_retry_info})
    for (const auto api : {chat, anthropic, bedrock, gemini})
      rows.push_back({std::string{api().name()} + ", form " + std::to_string(static_cast<int>(how)), api, asked::both,
                      behaviour{}.rate_limited(7s, how), {rate_limited, {}, {}, 7s}});
  const auto said = [](const char* name, const char* value) { return behaviour{}.status(429).header(name, value); };
  rows.push_back({"the larger of two, Azure", chat, asked::both,
                  said("Retry-After-Ms", "0").header("Retry-After", "1"), {rate_limited, {}, {}, 1s}});
  rows.push_back({"the larger of two, however they are written", chat, asked::both,
                  said("Retry-After-Ms", "2500").header("Retry-After", "1"), {rate_limited, {}, {}, 2500ms}});
  rows.push_back({"Amazon's own", bedrock, asked::both, said("x-amz-retry-after", "1500"), {rate_limited, {}, {}, 1500ms}});
  rows.push_back({"on a good answer it says nothing", anthropic, asked::both, says().header("retry-after", "40"), answer()});
  return rows;
}

}  // namespace

TEST_CASE("what the provider asks us to wait, in every form", "[integration][faults]") { run(waits()); }

TEST_CASE("a route waits as long as the provider asks for, then asks again", "[integration][faults]") {
  const auto form = GENERATE(retry_after_form::seconds, retry_after_form::http_date, retry_after_form::google_retry_info,
                             retry_after_form::anthropic_ratelimit_reset);
  stage on{[&](const testing::server_request& asked) {
    return asked.number == 0 ? behaviour{}.rate_limited(20s, form) : says();
  }};
  auto got = on.run(route("r").fallback({on.speaking(gemini())}).retries(1).complete(chat_request{"hello"}));
  REQUIRE(got);
  CHECK(got.value().text() == "one two");
  const auto& attempts = got.value().report().attempts;
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[1].started - attempts[0].started >= 20s);
  CHECK(attempts[1].started - attempts[0].started <= 22s);  // a tenth more, so that not all come back at once
}
