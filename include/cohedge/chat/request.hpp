#pragma once

#include <cohedge/chat/message.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cohedge {

/// What is asked of a model, in every provider's common vocabulary. Setters chain; a copy shares the content until one
/// of the copies changes, so passing one by value costs a reference count.
///
///     cohedge::chat_request ask{"Greet the player."};
///     ask.system("You are a tired innkeeper.").max_tokens(60);
///
/// Build it in a statement of its own: g++ 12 miscompiles initializer lists inside a `co_await` expression.
class chat_request {
 public:
  /// What the setters below fill in; read by dialects.
  struct content {
    std::vector<message> messages;
    std::vector<cohedge::tool> tools;
    std::optional<std::uint32_t> max_tokens;
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<std::int64_t> seed;
    std::vector<std::string> stop;
    std::optional<std::uint32_t> top_k;
    std::optional<double> frequency_penalty;
    std::optional<double> presence_penalty;
    std::optional<std::uint32_t> choices;
    std::optional<std::uint32_t> logprobs;  ///< how many alternatives a token; 0: only its own
    std::string tool_choice;                ///< auto, none, required, or a tool's name
    std::optional<bool> parallel_tool_calls;
    bool json = false;            ///< any JSON object
    std::string response_schema;  ///< JSON schema as text; empty: free text
    std::string schema_name;      ///< empty: "answer"
    bool schema_strict = true;
    std::string reasoning_effort;
    std::optional<std::uint32_t> reasoning_budget;
    std::optional<bool> show_reasoning;
    std::string cache_key;
    std::string service_tier;
    std::string user;     ///< the provider's end-user id
    std::string session;  ///< key of the session for sticky splits; never sent
    std::vector<std::pair<std::string, std::string>> metadata;
    std::vector<std::pair<std::string, std::string>> extra;  ///< member name, raw JSON value
    bool drop_unsupported = false;

    bool operator==(const content&) const = default;
  };

  chat_request() : content_{std::make_shared<content>()} {}
  explicit chat_request(std::string prompt) : chat_request{} { user(std::move(prompt)); }

  /// Sets the system prompt: the first message, replacing an earlier one.
  chat_request& system(std::string text);
  chat_request& user(std::string text);
  chat_request& assistant(std::string text);
  /// The answer to a tool call; `failed`: the tool reports an error.
  chat_request& tool_result(std::string tool_call_id, std::string text, bool failed = false);
  chat_request& add(message turn);

  chat_request& tool(cohedge::tool offered);
  /// `auto`, `none`, `required`, or the name of the tool that must be called.
  chat_request& tool_choice(std::string choice);
  /// Whether the model may ask for several tools at once.
  chat_request& parallel_tool_calls(bool yes);

  chat_request& max_tokens(std::uint32_t n);
  chat_request& temperature(double t);
  chat_request& top_p(double p);
  chat_request& top_k(std::uint32_t n);
  chat_request& frequency_penalty(double p);
  chat_request& presence_penalty(double p);
  chat_request& seed(std::int64_t n);
  chat_request& stop(std::string sequence);
  /// How many candidate answers: `completion::choices()`.
  chat_request& choices(std::uint32_t n);
  /// The log probability of every token of the answer, and of this many alternatives: `choice::logprobs`.
  chat_request& logprobs(std::uint32_t alternatives = 0);

  /// Structured output: the answer is some JSON object.
  chat_request& json();
  /// Structured output: the answer follows this JSON schema. Not strict: the provider may treat it as a hint.
  chat_request& response_schema(std::string json_schema, std::string name = {}, bool strict = true);

  /// How hard to think: none, minimal, low, medium, high, xhigh or max, as far as the model knows them.
  chat_request& reasoning_effort(std::string level);
  /// The most tokens to think with; 0: not at all.
  chat_request& reasoning_budget(std::uint32_t tokens);
  /// Whether the reasoning, or the provider's summary of it, comes with the answer.
  chat_request& show_reasoning(bool yes);

  /// Requests that begin alike and have the same key are sent to the same prompt cache (OpenAI's prompt_cache_key).
  chat_request& cache_key(std::string key);
  /// The provider's word for price and speed: flex, priority, standard_only, ….
  chat_request& service_tier(std::string tier);
  /// Kept by the provider with the request, for its dashboards.
  chat_request& metadata(std::string key, std::string value);
  chat_request& end_user(std::string id);
  /// The key by which splits stick: one session always meets the same variant. Not sent to providers.
  chat_request& session(std::string key);
  /// A member that only some provider knows, as raw JSON, put into the request body as it is.
  chat_request& extra(std::string member, std::string raw_json);
  /// What a provider's API cannot express is left out, and noted in the report (`attempt::dropped`), instead of being
  /// errc::unsupported.
  chat_request& drop_unsupported(bool yes = true);

  const content& read() const noexcept { return *content_; }

 private:
  content& own();

  std::shared_ptr<content> content_;
};

}  // namespace cohedge
