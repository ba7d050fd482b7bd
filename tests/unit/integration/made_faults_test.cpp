// Statuses and broken streams that the recordings lack.

#include "made_fault.hpp"

using namespace cohedge;
using namespace cohedge::tests::made;
using namespace std::chrono_literals;

namespace {

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

}  // namespace

TEST_CASE("statuses that were not recorded come to their class, in every API", "[integration][faults]") {
  run(statuses());
}
TEST_CASE("streams that report an error or break off", "[integration][faults]") { run(breaks()); }
