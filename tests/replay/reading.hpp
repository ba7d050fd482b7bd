#pragma once

#include "replay/dom.hpp"
#include "replay/expected.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::tests {

/// What a reader of one protocol fills in, document by document.
class reading {
 public:
  expected_choice& choice(std::size_t index = 0) {
    if (found.choices.size() <= index) found.choices.resize(index + 1);
    return found.choices[index];
  }

  /// The call that the wire knows by this number, a new one the first time.
  tool_call& call(std::size_t choice_index, std::int64_t number) {
    auto& calls = choice(choice_index).calls;
    const auto [place, fresh] = places_.try_emplace({choice_index, number}, calls.size());
    if (fresh) calls.emplace_back();
    return calls[place->second];
  }
  bool knows(std::size_t choice_index, std::int64_t number) const { return places_.contains({choice_index, number}); }
  void forget(std::size_t choice_index, std::int64_t number) { places_.erase({choice_index, number}); }

  /// The provider's word and what it means; an empty word says nothing.
  void finish(std::size_t choice_index, const std::string& word);

  void fail(error_class kind, std::string why) {
    found.failed = true;
    found.kind = kind;
    found.why = std::move(why);
  }
  /// An error inside of an answer with status 200: what it is, depends on whether content came before it, and on the
  /// provider's code.
  void break_off(std::string why, std::string_view code = {});

  expected found;

 private:
  std::map<std::pair<std::size_t, std::int64_t>, std::size_t> places_;
};

/// What a provider's word for the end of an answer means.
finish_reason meaning_of(std::string_view word);

// One reader for each protocol: `document` is one piece of a stream, or (`whole`) the answer.
void read_openai_chat(dom::element document, bool whole, reading& into);
void read_legacy(dom::element document, reading& into);
void read_responses(dom::element document, reading& into);
void read_anthropic(dom::element document, reading& into);
void read_gemini(dom::element document, reading& into);
void read_bedrock(dom::element document, reading& into);
void read_cohere(dom::element document, reading& into);
void read_ollama(dom::element document, reading& into);

// Of all protocols.
void read_vectors(dom::element document, reading& into);
void read_models(dom::element document, reading& into);
void read_count(dom::element document, reading& into);
/// A status other than 2xx. `document`: the body, where it is JSON.
void read_error(const recording& exchange, std::optional<dom::element> document, reading& into);

/// The JSON documents of a body, whatever frames them; those of an event stream as {"<event type>": payload}, and
/// of InvokeModel as the model's own.
std::vector<std::string> documents_of(const recording& exchange);

}  // namespace cohedge::tests
