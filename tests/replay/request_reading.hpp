#pragma once

#include "replay/json_tree.hpp"
#include "replay/place.hpp"

#include <cohedge/chat/request.hpp>
#include <cohedge/dialect/deviations.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

// The other way: from the body of a recorded request to the question that our user would have asked, so that what our
// dialect makes of the question can be held to what was recorded.
namespace cohedge::tests {

/// A question as it was read from a body.
struct request_reading {
  chat_request ask;
  std::string model;
  bool stream = false;
  dialect::deviations server;       ///< as the body shows its server to be
  std::vector<std::string> cannot;  ///< what our vocabulary has no word for, and `extra` cannot say

  void note(std::string what) { cannot.push_back(std::move(what)); }
};

/// The members of an object, each to be taken once; what is left over is what the reader does not know.
class member_taker {
 public:
  explicit member_taker(const tree& from) : from_{from} {}

  const tree& take(std::string_view name) { return taken_.insert(std::string{name}), from_.at(name); }
  /// Takes a number, where it is one, and gives it to `set`.
  template <typename Set>
  void number(std::string_view name, Set set) {
    if (const auto& value = from_.at(name); value.is == tree::kind::number) set(take(name).number());
  }
  /// What was not taken, by name.
  std::vector<std::pair<std::string, tree>> rest() const;
  /// The rest goes into the request as it is.
  void rest_as_extra(chat_request& into) const;
  bool has_rest() const { return !rest().empty(); }
  /// The rest cannot be said.
  void rest_unsaid(const std::string& where, request_reading& into) const;

 private:
  const tree& from_;
  std::set<std::string> taken_;
};

/// Reads a request of a protocol. `url`: where it went, for what some protocols say there.
request_reading read_request(family speaks, const tree& body, std::string_view url);

/// A body in the one form that all bodies of the same meaning share; so what is done here is the list of the
/// differences that do not count, each with its reason beside it.
tree canonical_request(family speaks, tree body);

// One for each protocol.
request_reading read_openai_request(const tree& body);
tree canonical_openai_request(tree body);
request_reading read_responses_request(const tree& body);
tree canonical_responses_request(tree body);
request_reading read_anthropic_request(const tree& body);
tree canonical_anthropic_request(tree body);
request_reading read_gemini_request(const tree& body);
tree canonical_gemini_request(tree body);
request_reading read_bedrock_request(const tree& body);
tree canonical_bedrock_request(tree body);
request_reading read_cohere_request(const tree& body);
tree canonical_cohere_request(tree body);
request_reading read_ollama_request(const tree& body);
tree canonical_ollama_request(tree body);
request_reading read_legacy_request(const tree& body);
tree canonical_legacy_request(tree body);

// What several protocols share.

/// "data:image/png;base64,…" as bytes, another URL as itself.
part image_from(const std::string& url);
/// A text is a list of one text: `content` in that form.
tree as_list(const tree& content, std::map<std::string, tree> around_text = {});
/// Turns of the same role, one after the other, are one turn: the lists `member` of the messages put together.
void join_turns(tree& messages, const char* member);
/// Gone where it is there and `truth` is false: what is false by itself.
void drop_false(tree& from, std::initializer_list<const char*> names);
void drop_empty(tree& from, std::initializer_list<const char*> names);
/// A name in a URL's path: between `before` and the next ':' or '/' or '?'.
std::string name_in(std::string_view url, std::string_view before);
/// The JSON text of a schema or of arguments.
std::string json_of(const tree& value);

}  // namespace cohedge::tests
