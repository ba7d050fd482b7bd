// What an error status means, by the decision table: the status, and a phrase of the body where the status alone would
// mislead.

#include "replay/reading.hpp"

#include <algorithm>
#include <cstdlib>

namespace cohedge::tests {
namespace {

// The first row that fits counts.
struct meaning {
  int status;
  const char* phrase;
  error_class kind;
};
constexpr meaning meanings[] = {
    // Too long for this model.
    {400, "maximum context length", error_class::context_window},
    {400, "max context length", error_class::context_window},
    {400, "too_many_prompt_tokens", error_class::context_window},
    {400, "TOO_MANY_TOKENS", error_class::context_window},
    // A key that is none, from those who do not say 401.
    {400, "API_KEY_INVALID", error_class::credential},
    {400, "Incorrect API key", error_class::credential},
    // A model that is none, from those who do not say 404.
    {400, "model identifier is invalid", error_class::model_gone},
    {400, "\"type\":\"invalid_model\"", error_class::model_gone},
    {400, "\"message\":\"Model no-such/embedding-model does not exist\"", error_class::model_gone},
    {400, "Model nonexistent is not supported", error_class::model_gone},
    {400, "", error_class::caller_fault},
    {401, "", error_class::credential},
    {403, "", error_class::credential},
    {404, "", error_class::model_gone},
    {429, "", error_class::rate_limited},
    {500, "", error_class::transient},
    {501, "", error_class::caller_fault},
};

// The first line of a text that may be long.
std::string head_of(std::string text) {
  text.resize(std::min({text.find('\n'), text.size(), std::size_t{200}}));
  return text;
}

// The provider's text, wherever the body has it.
std::string message_of(dom::element body) {
  const auto error = dom::find(body, "error").value_or(body);
  if (error.is_string()) return std::string{error.get_string().value_unsafe()};
  for (const auto* member : {"message", "detail"})
    if (auto text = dom::text(error, member); !text.empty()) return text;
  return {};
}

}  // namespace

void reading::break_off(std::string why, std::string_view code) {
  if (found.content()) return fail(error_class::truncated, std::move(why));
  fail(code == "insufficient_quota" ? error_class::quota : error_class::pre_content, std::move(why));
}

void read_error(const recording& exchange, std::optional<dom::element> document, reading& into) {
  for (const auto& each : meanings) {
    if (each.status != exchange.status || exchange.body.find(each.phrase) == std::string::npos) continue;
    into.fail(each.kind, document ? head_of(message_of(*document)) : std::string{});
    break;
  }
  if (!document) return;
  for (const auto detail : dom::items(*document, "error", "details"))  // Google: "48s"
    if (const auto delay = dom::text(detail, "retryDelay"); !delay.empty())
      into.found.wait = std::chrono::seconds{std::atoi(delay.c_str())};
}

}  // namespace cohedge::tests
