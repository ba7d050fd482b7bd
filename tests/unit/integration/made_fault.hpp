#pragma once

#include "catch.hpp"

#include <cohedge/dialect/surface.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>

#include <asio/io_context.hpp>

#include "replay/asking.hpp"
#include "unit/run_quietly.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// Faults that the loopback server makes: server, socket, HTTP, dialect, provider and route must bring each to its class,
// with what came before it and how long the provider asks us to wait.
namespace cohedge::tests::made {

using testing::behaviour;
using testing::retry_after_form;
using testing::scripted_response;
using testing::stream_error;

/// One server, one client, and a clock that jumps when all is quiet.
struct stage {
  explicit stage(testing::behaviour_script does) : server{io.get_executor(), scripted(std::move(does))} {
    time.patience(std::chrono::milliseconds{3});  // every piece of an answer waits so long, and nobody asks for a name
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
    return tests::run_quietly(io, time, std::move(work));
  }

  asio::io_context io;
  testing::quiet_time time{io};
  testing::llm_server server;
  class client client{io.get_executor()};
};

using api_function = const dialect::surface& (*)();
inline constexpr api_function chat = dialect::openai_chat, legacy_api = dialect::legacy_completions;
inline constexpr api_function anthropic = dialect::anthropic_messages, bedrock = dialect::bedrock_converse;
inline constexpr api_function gemini = dialect::gemini_generate_content, ollama = dialect::ollama_chat;

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

inline behaviour says(std::string text = "one two") { return behaviour{}.text(std::move(text)); }
inline outcome answer(std::string text = "one two") { return {{}, std::move(text), {}}; }
inline outcome error_of(error_class kind, std::string message = {}, std::string text = {}) {
  return {kind, std::move(text), std::move(message)};
}

inline void check(const outcome& must_be, const tests::outcome& got) {
  const auto kind = got.failure ? std::optional{got.failure->kind()} : std::nullopt;
  CHECK((kind ? to_string(*kind) : "an answer") == (must_be.kind ? to_string(*must_be.kind) : "an answer"));
  CHECK((got.answer ? got.answer->text() : std::string{}) == must_be.text);
  if (!got.failure) return;
  CHECK(got.failure->retry_after() == must_be.wait);
  INFO(got.failure->message());
  CHECK(got.failure->message().find(must_be.message) != std::string::npos);
}

inline void run(const std::vector<row>& rows) {
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

}  // namespace cohedge::tests::made
