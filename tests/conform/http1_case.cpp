#include "http1_case.hpp"

#include "cuts.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace cohedge::tests {

namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

std::optional<std::string_view> text_of(element row, std::string_view key) {
  std::string_view text;
  if (row[key].get(text) != SUCCESS) return std::nullopt;
  return text;
}

std::optional<std::int64_t> number_of(element row, std::string_view key) {
  std::int64_t number = 0;
  if (row[key].get(number) != SUCCESS) return std::nullopt;
  return number;
}

template <class Value>
std::optional<std::vector<Value>> list_of(element row, std::string_view key) {
  simdjson::dom::array items;
  if (row[key].get(items) != SUCCESS) return std::nullopt;
  std::vector<Value> list;
  for (element item : items) {
    Value value;
    if (item.get(value) == SUCCESS) list.push_back(value);
  }
  return list;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Whether one of curl's options is among the words of its command line.
bool has_option(std::string_view command, std::initializer_list<std::string_view> names) {
  while (!command.empty()) {
    const auto word = command.substr(0, command.find_first_of(" \n"));
    if (std::find(names.begin(), names.end(), word) != names.end()) return true;
    command.remove_prefix(std::min(word.size() + 1, command.size()));
  }
  return false;
}

bool asks_other_than_http(std::string_view command) {
  for (auto at = command.find("://"); at != std::string_view::npos; at = command.find("://", at + 3)) {
    if (!command.substr(0, at).ends_with("http")) return true;
  }
  return false;
}

// curl's exit codes that speak of the response itself: it is not HTTP, or it is cut off.
struct exit_meaning {
  std::int64_t code;
  bool closes;  // curl can say so only after the server has closed
};
constexpr std::array<exit_meaning, 7> refusals{{
    {1, false},    // CURLE_UNSUPPORTED_PROTOCOL: another version of HTTP, or none
    {8, false},    // CURLE_WEIRD_SERVER_REPLY
    {18, true},    // CURLE_PARTIAL_FILE
    {52, true},    // CURLE_GOT_NOTHING
    {56, false},   // CURLE_RECV_ERROR: a chunk or the head
    {61, false},   // CURLE_BAD_CONTENT_ENCODING
    {100, false},  // CURLE_TOO_LARGE
}};

void read_curl(element row, std::int64_t exit_code, http1_case& out) {
  std::string_view command;
  for (std::string_view key : {"command", "command_line", "cmd"}) command = text_of(row, key).value_or(command);
  out.refused = exit_code != 0;
  out.first_only = true;
  out.decodes = has_option(command, {"--compressed"});
  if (has_option(command, {"-I", "--head"})) out.method = "HEAD";
  if (exit_code == 0) return;
  const auto meant = std::find_if(refusals.begin(), refusals.end(), [=](auto each) { return each.code == exit_code; });
  if (meant == refusals.end())
    out.not_ours = "curl's exit code " + std::to_string(exit_code) + " does not speak of the response";
  else if (asks_other_than_http(command))
    out.not_ours = "the URL is not http";
  else if (has_option(command, {"-p", "--proxytunnel"}))
    out.not_ours = "a tunnel through a proxy";
  else
    out.closes = out.closes || meant->closes;
}

void read_llhttp(element row, http1_case& out) {
  if (const auto outcome = text_of(row, "outcome")) out.refused = *outcome == "error";
  if (const auto statuses = list_of<std::int64_t>(row, "statuses"))
    out.statuses.emplace(statuses->begin(), statuses->end());
  if (const auto complete = number_of(row, "messages_complete")) out.complete = static_cast<int>(*complete);
  if (const auto spans = list_of<std::string_view>(row, "body_spans")) {
    std::string body;
    for (const auto span : *spans) body.append(span);
    out.body = without_line_ends(std::move(body));
  }
  if (const auto mode = text_of(row, "mode")) {
    if (!mode->starts_with("response")) out.not_ours = "not a response";
    if (mode->ends_with("-finish")) out.closes = true;
  }
  // What the case leaves out: the suite's own test skips the body in a callback, as one does after HEAD.
  if (contains(out.name, "when no body is received")) out.method = "HEAD";
  if (!out.refused && !out.statuses && !out.complete && !out.body) out.not_ours = "it does not say what is expected";
}

}  // namespace

std::string without_line_ends(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

std::optional<http1_case> read_http1_case(element row) {
  const auto name = text_of(row, "name"), input = text_of(row, "input_base64");
  if (!name || !input) return std::nullopt;
  http1_case out;
  out.name = *name;
  out.input = from_base64(*input);
  out.closes = contains(out.input, "swsclose");
  bool closes = false;
  if (row["close"].get(closes) == SUCCESS && closes) out.closes = true;
  const auto exit_code = number_of(row, "exit_code");
  exit_code ? read_curl(row, *exit_code, out) : read_llhttp(row, out);
  if (const auto method = text_of(row, "method")) out.method = *method;
  for (const auto size : list_of<std::int64_t>(row, "chunk_sizes").value_or(std::vector<std::int64_t>{}))
    if (size > 0) out.sizes.push_back(static_cast<std::size_t>(size));
  return out;
}

}  // namespace cohedge::tests
