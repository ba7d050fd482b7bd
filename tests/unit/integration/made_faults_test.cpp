// What the recordings lack, made by the loopback server: server, socket, HTTP, dialect, provider and route must bring
// each fault to its class, with what came before it and how long the provider asks us to wait.

#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/dialect/surface.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>

#include <asio/io_context.hpp>

#include "replay/asking.hpp"

#include <optional>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::behaviour;
using testing::retry_after_form;
using testing::scripted_response;
using testing::stream_error;

namespace {

/// One server, one client, and a clock that jumps when all is quiet.
struct stage {
  explicit stage(testing::behaviour_script does) : server{io.get_executor(), scripted(std::move(does))} {
    REQUIRE(server.start());
  }
  static testing::server_options scripted(testing::behaviour_script does) {
    testing::server_options options;
    options.script(std::move(does));
    return options;
  }

  provider speaking(const dialect::surface& api) {
    return make_provider(client, api, endpoint{server.origin() + "/v1", "m"}.name("p"));
  }

  template <class T>
  result<T> run(task<T> work) {
    std::optional<result<T>> got;
    spawn(io, std::move(work), [&](result<T> outcome) { got.emplace(std::move(outcome)); });
    REQUIRE(time.run_until([&] { return got.has_value(); }));
    return std::move(*got);
  }

  asio::io_context io;
  testing::quiet_time time{io};
  testing::llm_server server;
  class client client{io.get_executor()};
};

using api_function = const dialect::surface& (*)();
constexpr api_function chat = dialect::openai_chat, legacy_api = dialect::legacy_completions;
constexpr api_function anthropic = dialect::anthropic_messages, bedrock = dialect::bedrock_converse;
constexpr api_function gemini = dialect::gemini_generate_content, ollama = dialect::ollama_chat;

/// Which calls a fault is for.
enum class asked : std::uint8_t { whole, streamed, both };

/// What must come of a fault.
struct outcome {
  std::optional<error_class> kind;  ///< none: the answer is complete
  std::string text;                 ///< in the answer, or before the error
  std::string message;              ///< a piece of the error's
  std::optional<duration> wait = std::nullopt;
};

struct row {
  std::string name;
  api_function speaks;
  asked how;
  behaviour does;
  outcome must_be;
};

behaviour says(std::string text = "one two") { return behaviour{}.text(std::move(text)); }
outcome answer(std::string text = "one two") { return {{}, std::move(text), {}}; }
outcome error_of(error_class kind, std::string message = {}, std::string text = {}) {
  return {kind, std::move(text), std::move(message)};
}

std::vector<row> statuses() {
  using enum error_class;
  std::vector<row> rows;
  for (const auto api : {chat, legacy_api, anthropic, bedrock, gemini, ollama}) {
    const std::string name{api().name()};
    rows.push_back({name + " 502", api, asked::both, behaviour{}.status(502), error_of(transient)});
    rows.push_back({name + " 503", api, asked::both, behaviour{}.status(503),
                    error_of(api == ollama ? transient : overloaded)});
    rows.push_back({name + " 529", api, asked::both, behaviour{}.status(529), error_of(overloaded)});
    rows.push_back({name + " 502, a page", api, asked::both, behaviour{}.status(502, "<html><title>Bad Gateway</title>"),
                    error_of(transient, "Bad Gateway")});
    rows.push_back({name + " 503, nothing said", api, asked::both,
                    behaviour::respond(scripted_response{503}.header("Retry-After", "2")),
                    {transient, {}, {}, 2s}});
    const bool says_which = api != ollama && api != bedrock;  // in the body
    rows.push_back({name + " an error with status 200", api, asked::both, behaviour{}.status(429).as_200(),
                    error_of(says_which ? rate_limited : pre_content)});
  }
  return rows;
}

std::vector<row> breaks() {
  using enum error_class;
  const auto after = [](std::size_t tokens, stream_error shape = stream_error::own) {
    return says().error_after_tokens(tokens, shape);
  };
  const std::string server_error = "The server had an error";
  return {
      {"Anthropic's error before content", anthropic, asked::streamed, after(0), error_of(overloaded, "Overloaded")},
      {"Anthropic's error in the middle", anthropic, asked::streamed, after(1), error_of(truncated, "Overloaded", "one")},
      {"Bedrock's exception before content", bedrock, asked::streamed, after(0),
       error_of(rate_limited, "Too many requests.")},
      {"Bedrock's exception in the middle", bedrock, asked::streamed, after(1),
       error_of(truncated, "Too many requests.", "one")},
      {"Bedrock's error message before content", bedrock, asked::streamed, after(0, stream_error::error_message),
       error_of(transient, "Internal server error")},
      {"Bedrock's error message in the middle", bedrock, asked::streamed, after(1, stream_error::error_message),
       error_of(truncated, "Internal server error", "one")},
      {"Gemini's error before content", gemini, asked::streamed, after(0), error_of(overloaded, "overloaded")},
      {"Gemini's error in the middle", gemini, asked::streamed, after(1), error_of(truncated, "overloaded", "one")},
      {"Gemini's error without data:", gemini, asked::streamed, after(1, stream_error::bare_json),
       error_of(truncated, server_error, "one")},
      {"Ollama's line before content", ollama, asked::streamed, after(0), error_of(pre_content, "running the model")},
      {"Ollama's line in the middle", ollama, asked::streamed, after(1),
       error_of(truncated, "running the model", "one")},
      {"an error's data", chat, asked::streamed, after(1, stream_error::data), error_of(truncated, server_error, "one")},
      {"Groq's event", chat, asked::streamed, after(0, stream_error::event),
       error_of(caller_fault, "Failed to generate")},
      {"OpenRouter's chunk with both", chat, asked::streamed, after(1, stream_error::choices_and_error),
       error_of(truncated, "Provider returned error", "one")},
      {"llama.cpp's field", chat, asked::streamed, after(1, stream_error::field),
       error_of(truncated, server_error, "one")},
      {"Mistral's finish reason", chat, asked::streamed, after(1, stream_error::finish_reason),
       error_of(truncated, {}, "one")},
      {"the end without a finish, Anthropic", anthropic, asked::streamed, says().no_finish().no_done(),
       error_of(truncated, {}, "one two")},
      {"the end without a finish, Bedrock", bedrock, asked::streamed, says().no_finish().no_usage(),
       error_of(truncated, {}, "one two")},
      {"a connection that is cut, Gemini", gemini, asked::streamed, says().cut_after_tokens(1),
       error_of(truncated, {}, "one")},
      {"a connection that is reset, Ollama", ollama, asked::both, says().reset_after(40), error_of(transport)},
  };
}

/// An event stream of one answer with these lines before it and between its chunks.
behaviour between_chunks(const std::string& lines) {
  scripted_response out;
  out.event_lines(lines);
  for (const std::string_view chunk : {R"({"choices":[{"index":0,"delta":{"content":"one"}}]})",
                                       R"({"choices":[{"index":0,"delta":{"content":" two"},"finish_reason":"stop"}]})"})
    out.event(chunk).event_lines(lines);
  return behaviour::respond(out.event("[DONE]"));
}

std::vector<row> noise() {
  const std::string picture(1'300'000, 'x');
  std::vector<row> rows{
      {"comments", chat, asked::streamed, between_chunks(": OPENROUTER PROCESSING\n\n: ping - 2025\r\n\r\n:\n"), answer()},
      {"empty lines", chat, asked::streamed, between_chunks("\n\n\r\n \n\n"), answer()},
      {"white space before JSON where a stream was asked for", chat, asked::streamed,
       behaviour::respond(scripted_response{200, "\n         \n\n" R"({"choices":[{"message":{"content":"one two"},)"
                                                 R"("finish_reason":"stop"}]})"}),
       answer()},
  };
  for (const auto api : {chat, legacy_api, anthropic, bedrock, gemini, ollama}) {
    const std::string name{api().name()};
    rows.push_back({name + " a good answer", api, asked::both, says(), answer()});
    rows.push_back({name + " padding", api, asked::both, says().padding(3000), answer()});
    rows.push_back({name + " signs of life", api, asked::both, says().keep_alives(3).between_tokens(5s), answer()});
    rows.push_back({name + " 1.3 MB in a line", api, asked::both, says(picture), answer(picture)});
    rows.push_back({name + " 1.3 MB of padding", api, asked::both, says().padding(1'300'000), answer()});
    rows.push_back({name + " at random cuts", api, asked::both, says().padding(100).in_random_pieces(), answer()});
  }
  return rows;
}

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
  rows.push_back({"Amazon's own", bedrock, asked::both, said("x-amz-retry-after", "1500"), {rate_limited, {}, {}, 1500ms}});
  rows.push_back({"on a good answer it says nothing", anthropic, asked::both, says().header("retry-after", "40"), answer()});
  return rows;
}

void check(const outcome& must_be, const tests::outcome& got) {
  const auto kind = got.failure ? std::optional{got.failure->kind()} : std::nullopt;
  CHECK((kind ? to_string(*kind) : "an answer") == (must_be.kind ? to_string(*must_be.kind) : "an answer"));
  CHECK((got.answer ? got.answer->text() : std::string{}) == must_be.text);
  if (!got.failure) return;
  CHECK(got.failure->retry_after() == must_be.wait);
  INFO(got.failure->message());
  CHECK(got.failure->message().find(must_be.message) != std::string::npos);
}

void run(const std::vector<row>& rows) {
  for (const auto& each : rows)
    for (const bool streamed : {false, true}) {
      if (each.how == (streamed ? asked::whole : asked::streamed)) continue;
      INFO(each.name << (streamed ? ", streamed" : ", whole"));
      stage on{[&](const testing::server_request&) { return each.does; }};
      auto got = on.run(tests::ask(on.speaking(each.speaks()), tests::purpose::chat, streamed, 1));
      REQUIRE(got);
      check(each.must_be, got.value());
    }
}

}  // namespace

TEST_CASE("statuses that were not recorded come to their class, in every API", "[integration][faults]") {
  run(statuses());
}
TEST_CASE("streams that report an error or break off", "[integration][faults]") { run(breaks()); }
TEST_CASE("padding, signs of life and huge lines leave an answer as it is", "[integration][faults]") { run(noise()); }
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
