#pragma once

#include <cohedge/core/units.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cohedge {

enum class role : std::uint8_t { system, developer, user, assistant, tool };

/// A call of a tool that a model asked for. `arguments` is the JSON text as the model wrote it; `truncated` says that
/// it is not valid JSON, whatever the finish reason claims.
struct tool_call {
  std::string id;
  std::string name;
  std::string arguments;
  bool truncated = false;
};

/// One turn of a conversation.
class message {
 public:
  message(cohedge::role who, std::string said) : role{who}, text{std::move(said)} {}

  cohedge::role role;
  std::string text;
  std::vector<tool_call> tool_calls;  ///< of an assistant's turn
  std::string tool_call_id;           ///< of a tool's answer: the call it answers
};

/// A tool that the model may call. `parameters` is a JSON schema as text.
class tool {
 public:
  tool(std::string called, std::string does, std::string json_schema)
      : name{std::move(called)}, description{std::move(does)}, parameters{std::move(json_schema)} {}

  std::string name;
  std::string description;
  std::string parameters;
};

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
    std::string tool_choice;      ///< auto, none, required, or a tool's name
    std::string response_schema;  ///< JSON schema as text; empty: free text
    std::string user;             ///< the provider's end-user id
    std::string session;          ///< key of the session for sticky splits; never sent
    std::vector<std::pair<std::string, std::string>> extra;  ///< member name, raw JSON value
  };

  chat_request() : content_{std::make_shared<content>()} {}
  explicit chat_request(std::string prompt) : chat_request{} { user(std::move(prompt)); }

  /// Sets the system prompt: the first message, replacing an earlier one.
  chat_request& system(std::string text);
  chat_request& user(std::string text);
  chat_request& assistant(std::string text);
  /// The answer to a tool call.
  chat_request& tool_result(std::string tool_call_id, std::string text);
  chat_request& add(message turn);

  chat_request& tool(cohedge::tool offered);
  /// `auto`, `none`, `required`, or the name of the tool that must be called.
  chat_request& tool_choice(std::string choice);

  chat_request& max_tokens(std::uint32_t n);
  chat_request& temperature(double t);
  chat_request& top_p(double p);
  chat_request& seed(std::int64_t n);
  chat_request& stop(std::string sequence);
  /// Structured output: the answer follows this JSON schema.
  chat_request& response_schema(std::string json_schema);
  chat_request& end_user(std::string id);
  /// The key by which splits stick: one session always meets the same variant. Not sent to providers.
  chat_request& session(std::string key);
  /// A member that only some provider knows, as raw JSON, put into the request body as it is.
  chat_request& extra(std::string member, std::string raw_json);

  const content& read() const noexcept { return *content_; }

 private:
  content& own();

  std::shared_ptr<content> content_;
};

}  // namespace cohedge
