#include "recording.hpp"

#include <simdjson.h>

#include <algorithm>
#include <map>

namespace cohedge::tests {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

std::string text_of(element from, const char* member) {
  std::string_view text;
  return from[member].get(text) == SUCCESS ? std::string{text} : std::string{};
}

// Of its own, so that a loop over it does not outlive what it was taken from.
array items(element from) {
  array all;
  [[maybe_unused]] const auto failed = from.get(all);
  return all;
}

std::uint64_t count_of(element from, const char* member) {
  std::uint64_t count = 0;
  return from[member].get(count) == SUCCESS ? count : 0;
}

void add_counts(element counts, usage& into) {
  if (!counts.is_object()) return;
  usage said;
  said.reported = true;
  said.input = count_of(counts, "prompt_tokens");
  said.output = count_of(counts, "completion_tokens");
  said.total = count_of(counts, "total_tokens");
  said.cached = std::max({count_of(counts, "cached_tokens"), count_of(counts, "prompt_cache_hit_tokens"),
                          count_of(counts, "cache_read_input_tokens")});
  said.cache_written = count_of(counts, "cache_creation_input_tokens");
  said.reasoning = count_of(counts, "reasoning_tokens");
  element details;
  if (counts["prompt_tokens_details"].get(details) == SUCCESS) {
    said.cached = std::max(said.cached, count_of(details, "cached_tokens"));
    said.cache_written = std::max(said.cache_written, count_of(details, "cache_write_tokens"));
  }
  if (counts["completion_tokens_details"].get(details) == SUCCESS)
    said.reasoning = std::max(said.reasoning, count_of(details, "reasoning_tokens"));
  if (said.reasoning > 0 && said.total == said.input + said.output + said.reasoning) said.output += said.reasoning;
  if (said.total == 0) said.total = said.input + said.output;
  into = said;
}

void add_content(element content, expected_choice& into) {
  if (content.is_string()) into.text += content.get_string().value_unsafe();
  if (content.is_object()) into.text += simdjson::minify(content);
  if (!content.is_array()) return;
  for (const auto part : items(content)) {
    into.text += text_of(part, "text");
    element thinking;
    if (part["thinking"].get(thinking) != SUCCESS || !thinking.is_array()) continue;
    for (const auto thought : items(thinking)) into.reasoning += text_of(thought, "text");
  }
}

// A call is known by its index, except that another name with another id begins another call; without an index every
// call is whole.
void add_call(element call, expected_choice& into, std::map<std::int64_t, std::size_t>& places) {
  std::int64_t index = 0;
  const bool indexed = call["index"].get(index) == SUCCESS;
  auto at = into.calls.size();
  element function;
  const bool named = call["function"].get(function) == SUCCESS && !text_of(function, "name").empty();
  if (indexed && places.contains(index) && !(named && text_of(call, "id") != into.calls[places[index]].id))
    at = places[index];
  else
    into.calls.emplace_back();
  if (indexed) places[index] = at;
  auto& known = into.calls[at];
  if (known.id.empty()) known.id = text_of(call, "id");
  if (!function.is_object()) return;
  if (known.name.empty()) known.name = text_of(function, "name");
  known.arguments += text_of(function, "arguments");
}

void add_message(element message, expected_choice& into, std::map<std::int64_t, std::size_t>& places) {
  element part;
  if (message["content"].get(part) == SUCCESS) add_content(part, into);
  const auto reasoning = text_of(message, "reasoning_content");
  into.reasoning += reasoning.empty() ? text_of(message, "reasoning") : reasoning;
  into.refusal += text_of(message, "refusal");
  if (message["tool_calls"].get(part) == SUCCESS && part.is_array())
    for (const auto call : items(part)) add_call(call, into, places);
  if (message["function_call"].get(part) == SUCCESS && !text_of(part, "name").empty()) {
    tool_call call;
    call.name = text_of(part, "name");
    call.arguments = text_of(part, "arguments");
    into.calls.push_back(call);
  }
}

struct reading {
  expected found;
  std::map<std::size_t, std::map<std::int64_t, std::size_t>> places;
  bool legacy = false;

  expected_choice& choice(std::size_t index) {
    if (found.choices.size() <= index) found.choices.resize(index + 1);
    return found.choices[index];
  }

  void add(element document, const char* message) {
    element part;
    if (document["choices"].get(part) == SUCCESS && part.is_array())
      for (const auto each : items(part)) {
        const auto index = count_of(each, "index");
        auto& into = choice(index);
        element said;
        if (each[message].get(said) == SUCCESS) add_message(said, into, places[index]);
        if (legacy) into.text += text_of(each, "text");
        if (const auto finish = text_of(each, "finish_reason"); !finish.empty()) into.finish = finish;
      }
    if (document["usage"].get(part) == SUCCESS) add_counts(part, found.usage);
    if (document["x_groq"].get(part) == SUCCESS && part["usage"].get(part) == SUCCESS) add_counts(part, found.usage);
  }

  void fail(error_class kind, std::string why) {
    found.failed = true;
    found.kind = kind;
    found.why = std::move(why);
  }
};

void read_stream(const std::string& body, reading& into) {
  simdjson::dom::parser parser;
  for (std::size_t at = 0; at < body.size() && !into.found.failed;) {
    const auto end = std::min(body.find('\n', at), body.size());
    auto line = body.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.pop_back();
    if (!line.starts_with("data:")) continue;
    element document;
    if (parser.parse(line.substr(5)).get(document) != SUCCESS) continue;
    element failure;
    if (document["error"].get(failure) == SUCCESS)
      into.fail(into.found.content() ? error_class::truncated : error_class::pre_content, text_of(failure, "message"));
    else
      into.add(document, "delta");
  }
}

// What each recorded error status means, by the status and a phrase of the body, in this order.
struct meaning {
  int status;
  const char* phrase;
  error_class kind;
};
constexpr meaning meanings[] = {
    {400, "maximum context length", error_class::context_window},
    {400, "max context length", error_class::context_window},
    {400, "too_many_prompt_tokens", error_class::context_window},
    {400, "", error_class::caller_fault},
    {401, "", error_class::credential},
    {403, "", error_class::credential},
    {404, "", error_class::model_gone},
    {429, "", error_class::rate_limited},
    {500, "", error_class::transient},
};

// The provider's text, wherever the body has it.
std::string message_of(element body) {
  element error;
  if (body["error"].get(error) != SUCCESS) error = body;
  if (error.is_string()) return std::string{error.get_string().value_unsafe()};
  for (const auto* member : {"message", "detail"})
    if (auto text = text_of(error, member); !text.empty()) return text;
  return {};
}

}  // namespace

bool expected::content() const {
  return std::ranges::any_of(choices, [](const expected_choice& one) {
    return !one.text.empty() || !one.reasoning.empty() || !one.refusal.empty() || !one.calls.empty();
  });
}

expected read_independently(const recording& exchange) {
  reading into;
  into.legacy = exchange.surface == "legacy.completions";
  simdjson::dom::parser parser;
  element document;
  if (exchange.framing == "sse" && exchange.status == 200) {
    read_stream(exchange.body, into);
  } else if (parser.parse(exchange.body).get(document) != SUCCESS) {
    into.fail(error_class::pre_content, "");
  } else if (exchange.status != 200) {
    for (const auto& each : meanings) {
      if (each.status != exchange.status || exchange.body.find(each.phrase) == std::string::npos) continue;
      into.fail(each.kind, message_of(document));
      break;
    }
  } else {
    into.add(document, "message");
  }
  if (exchange.status != 200 || into.found.failed || into.found.content()) return into.found;
  const auto finish = into.found.choices.empty() ? std::string{} : into.found.choices.front().finish;
  if (finish == "content_filter") into.fail(error_class::content_policy, "");
  else if (finish != "length") into.fail(error_class::pre_content, "");
  return into.found;
}

}  // namespace cohedge::tests
