#include "replay/expected.hpp"
#include "replay/place.hpp"
#include "replay/reading.hpp"

#include <algorithm>

namespace cohedge::tests {
namespace {

struct word {
  std::string_view text;
  finish_reason means;
};
constexpr word words[]{
    {"stop", finish_reason::stop},
    {"end_turn", finish_reason::stop},
    {"stop_sequence", finish_reason::stop},
    {"STOP", finish_reason::stop},
    {"COMPLETE", finish_reason::stop},
    {"STOP_SEQUENCE", finish_reason::stop},
    {"FINISH", finish_reason::stop},
    {"eos", finish_reason::stop},
    {"length", finish_reason::length},
    {"LENGTH", finish_reason::length},
    {"max_tokens", finish_reason::length},
    {"MAX_TOKENS", finish_reason::length},
    {"max_output_tokens", finish_reason::length},
    {"tool_calls", finish_reason::tool_calls},
    {"function_call", finish_reason::tool_calls},
    {"tool_use", finish_reason::tool_calls},
    {"TOOL_CALL", finish_reason::tool_calls},
    {"content_filter", finish_reason::content_filter},
    {"refusal", finish_reason::content_filter},
    {"SAFETY", finish_reason::content_filter},
    {"MODEL_ARMOR", finish_reason::content_filter},
    {"guardrail_intervened", finish_reason::content_filter},
    {"error", finish_reason::error},
    {"UNEXPECTED_TOOL_CALL", finish_reason::error},
};

using family_reader = void (*)(dom::element, reading&);

family_reader reader_of(const place& at, bool whole) {
  switch (at.asks) {
    case purpose::embeddings: return read_vectors;
    case purpose::models: return read_models;
    case purpose::count: return read_count;
    case purpose::check: return [](dom::element, reading&) {};
    case purpose::chat: break;
  }
  switch (at.speaks) {
    case family::legacy_completions: return read_legacy;
    case family::openai_responses: return read_responses;
    case family::anthropic: return read_anthropic;
    case family::gemini: return read_gemini;
    case family::bedrock: return read_bedrock;
    case family::cohere: return read_cohere;
    case family::ollama: return read_ollama;
    case family::openai_chat: break;
  }
  if (whole) return [](dom::element document, reading& into) { read_openai_chat(document, true, into); };
  return [](dom::element document, reading& into) { read_openai_chat(document, false, into); };
}

void read_good(const recording& exchange, const place& at, reading& into) {
  const auto read = reader_of(at, exchange.framing == "json");
  simdjson::dom::parser parser;
  bool any = false;
  for (const auto& text : documents_of(exchange)) {
    dom::element document;
    if (parser.parse(text).get(document) != simdjson::SUCCESS) continue;
    any = true;
    read(document, into);
    if (into.found.failed) return;
  }
  if (!any) into.fail(error_class::pre_content, "");
}

// An answer without content is none, unless the model was cut short before it said anything. One that ends with an
// error has failed, and of a stream the caller has seen what came before.
void judge_end(reading& into, bool is_stream) {
  const auto& choices = into.found.choices;
  const auto why = choices.empty() ? finish_reason::none : choices.front().why;
  const bool content = into.found.content();
  if (why == finish_reason::error)
    return into.fail(is_stream && content ? error_class::truncated : error_class::pre_content, "");
  if (content) return;
  if (why == finish_reason::content_filter)
    into.fail(error_class::content_policy, "");
  else if (why != finish_reason::length)
    into.fail(error_class::pre_content, "");
}

}  // namespace

finish_reason meaning_of(std::string_view text) {
  if (text.empty()) return finish_reason::none;
  for (const auto& each : words)
    if (each.text == text) return each.means;
  return finish_reason::other;
}

void reading::finish(std::size_t choice_index, const std::string& said) {
  if (said.empty()) return;
  choice(choice_index).finish = said;
  choice(choice_index).why = meaning_of(said);
}

bool expected_choice::commits() const {
  return content() || std::ranges::any_of(closed, [](const reasoning_item& item) {
           return !item.signature.empty() || !item.encrypted.empty();
         });
}

bool expected::commits() const {
  return std::ranges::any_of(choices, [](const expected_choice& one) { return one.commits(); });
}

bool expected::content() const {
  return std::ranges::any_of(choices, [](const expected_choice& one) { return one.content(); });
}

expected read_independently(const recording& exchange) {
  reading into;
  const auto at = place_of(exchange);
  if (exchange.status < 300) {
    read_good(exchange, at, into);
    if (at.asks == purpose::chat && !into.found.failed) judge_end(into, exchange.is_stream());
    return into.found;
  }
  simdjson::dom::parser parser;
  dom::element document;
  const bool is_json = parser.parse(exchange.body).get(document) == simdjson::SUCCESS;
  read_error(exchange, is_json ? std::optional{document} : std::nullopt, into);
  return into.found;
}

}  // namespace cohedge::tests
