#include "error_body.hpp"

#include "json_text.hpp"

#include <algorithm>
#include <charconv>

namespace cohedge::dialect {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string_view text_of(const object& from, std::string_view member) {
  std::string_view text;
  return from[member].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

void note_status(std::int64_t number, error_body& into) {
  if (into.status == 0 && number >= 400 && number < 600) into.status = static_cast<int>(number);
}

// A code: a word, a number, or a number as text.
void note_code(const object& from, std::string_view member, error_body& into) {
  element code;
  if (from[member].get(code) != simdjson::SUCCESS) return;
  std::int64_t number = 0;
  if (code.get(number) == simdjson::SUCCESS) {
    if (into.number.empty()) into.number = std::to_string(number);
    return note_status(number, into);
  }
  std::string_view word;
  if (code.get(word) != simdjson::SUCCESS || word.empty()) return;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failed != std::errc{} || end != word.data() + word.size()) return into.codes.push_back(one_line(word, 100));
  if (into.number.empty()) into.number = std::to_string(number);
  note_status(number, into);
}

void note_message(std::string_view text, error_body& into) {
  if (into.message.empty()) into.message = one_line(text);
}

// FastAPI's {"detail": "…"} and {"detail": [{"loc", "msg", "type"}]}.
void note_detail(const object& from, error_body& into) {
  element detail;
  if (from["detail"].get(detail) != simdjson::SUCCESS) return;
  array several;
  if (detail.get(several) == simdjson::SUCCESS && several.at(0).get(detail) != simdjson::SUCCESS) return;
  object inside;
  std::string_view text;
  if (detail.get(text) == simdjson::SUCCESS) note_message(text, into);
  if (detail.get(inside) != simdjson::SUCCESS) return;
  note_message(text_of(inside, "msg"), into);
  note_message(text_of(inside, "message"), into);
}

// Google's details[].reason (API_KEY_INVALID), Azure's innererror.code, OpenRouter's metadata.raw.
void note_inner(const object& from, error_body& into) {
  object inner;
  if (from["innererror"].get(inner) == simdjson::SUCCESS) note_code(inner, "code", into);
  if (from["metadata"].get(inner) == simdjson::SUCCESS) {
    into.more = one_line(text_of(inner, "raw"));
    note_code(inner, "error_type", into);
  }
  array details;
  if (from["details"].get(details) != simdjson::SUCCESS) return;
  for (const auto each : details)
    if (each.get(inner) == simdjson::SUCCESS) note_code(inner, "reason", into);
}

void note_object(const object& from, error_body& into) {
  note_inner(from, into);
  for (const auto* member : {"code", "type", "error_type", "__type", "status"}) note_code(from, member, into);
  for (const auto* member : {"status_code", "raw_status_code", "http_code"}) {
    std::int64_t number = 0;
    if (from[member].get(number) == simdjson::SUCCESS) note_status(number, into);
  }
  for (const auto* member : {"message", "Message", "msg"}) note_message(text_of(from, member), into);
  note_detail(from, into);
}

void note_top(const object& top, error_body& into) {
  element error;
  array several;
  if (top["error"].get(error) == simdjson::SUCCESS || top["errors"].get(error) == simdjson::SUCCESS) {
    object inside;
    std::string_view text;
    const bool some = error.get(several) != simdjson::SUCCESS || several.at(0).get(error) == simdjson::SUCCESS;
    if (some && error.get(text) == simdjson::SUCCESS) note_message(text, into);
    if (some && error.get(inside) == simdjson::SUCCESS) note_object(inside, into);
  }
  note_object(top, into);
  // A choice may hold the error (OpenRouter).
  element choice;
  object in_choice;
  if (top["choices"].get(several) == simdjson::SUCCESS && several.at(0).get(choice) == simdjson::SUCCESS &&
      choice["error"].get(in_choice) == simdjson::SUCCESS)
    note_object(in_choice, into);
  into.request_id = text_of(top, "request_id");
  // What has no message still says something.
  if (into.message.empty() && !into.codes.empty()) into.message = into.codes.front();
}

// "<title>…</title>" of a page, or the text itself.
std::string summary_of_text(std::string_view text) {
  const auto page = trimmed(text);
  if (!page.starts_with('<')) return one_line(page, 300);
  for (const std::string_view tag : {"<title>", "<TITLE>", "<h1>"}) {
    const auto start = page.find(tag);
    if (start == std::string_view::npos) continue;
    const auto rest = page.substr(start + tag.size());
    return "a web page: " + one_line(rest.substr(0, rest.find('<')), 200);
  }
  return "a web page";
}

}  // namespace

std::string one_line(std::string_view text, std::size_t most) {
  std::string line;
  line.reserve(std::min(text.size(), most));
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool gap = byte <= 0x20 || byte == 0x7F;
    if (gap && (line.empty() || line.back() == ' ')) continue;
    if (line.size() >= most) {
      while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) line.pop_back();
      if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xC0) line.pop_back();
      return line += "…";
    }
    line.push_back(gap ? ' ' : c);
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

error_body read_error_body(std::string_view body) {
  error_body said;
  const auto text = trimmed(body);
  simdjson::dom::parser parser;
  element document;
  if (!text.starts_with('{') && !text.starts_with('[')) {
    said.message = summary_of_text(text);
  } else if (parser.parse(text.data(), text.size(), true).get(document) != simdjson::SUCCESS) {
    said.message = one_line(text, 300);
  } else {
    array several;
    object top;
    if (document.get(several) == simdjson::SUCCESS && several.at(0).get(document) != simdjson::SUCCESS) return said;
    if (document.get(top) == simdjson::SUCCESS) note_top(top, said);
  }
  return said;
}

}  // namespace cohedge::dialect
