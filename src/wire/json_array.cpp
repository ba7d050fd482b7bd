#include <cohedge/wire/json_array.hpp>

#include "padded.hpp"

#include <cohedge/wire/json_scan.hpp>

#include <utility>

namespace cohedge::wire {

namespace {

constexpr bool white(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr bool begins_value(char c) noexcept {
  return std::string_view{"{[\"-0123456789tfn"}.find(c) != std::string_view::npos;
}

}  // namespace

bool json_array_splitter::fail(errc code, std::string what) {
  failure_.emplace(code, "JSON array: " + std::move(what));
  return false;
}

/// Goes over one byte between elements. False: it does not belong there, or it begins an element.
bool json_array_splitter::enter(char c) {
  if (white(c)) return true;
  const auto to = [this](place next) {
    place_ = next;
    return true;
  };
  switch (place_) {
    case place::before_document:
      if (c == '[') return to(place::before_first);
      lone_ = c == '{';
      if (!lone_) return fail(errc::malformed_answer, "the body is neither an array nor an object");
      break;
    case place::before_first:
      if (c == ']') return to(place::after_document);
      break;
    case place::after_element:
      if (c == ',') return to(place::before_element);
      if (c == ']') return to(place::after_document);
      return fail(errc::malformed_answer, "no comma between two elements");
    case place::after_document: return fail(errc::malformed_answer, "bytes after its end");
    case place::before_element:
    case place::within: break;
  }
  if (!begins_value(c)) return fail(errc::malformed_answer, "a byte that begins no value");
  place_ = place::within;
  return false;
}

/// Goes over what is between elements. False: the input is used up, or something else is there.
bool json_array_splitter::reach_element(std::string_view& input) {
  while (place_ != place::within && !input.empty() && enter(input.front())) input.remove_prefix(1);
  return place_ == place::within && !failure_;
}

/// How many bytes of `text` the element has from here on; npos where it goes on after it.
std::size_t json_array_splitter::find_end(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (in_string_) {
      if (std::exchange(escaped_, false)) continue;
      at = find_json_special(text, at);
      if (at == text.size()) break;
      if (text[at] == '\\') escaped_ = true;
      in_string_ = text[at] != '"';
      if (!in_string_ && depth_ == 0) return at + 1;
      continue;
    }
    switch (text[at]) {
      case '"': in_string_ = true; break;
      case '{':
      case '[': ++depth_; break;
      case '}':
      case ']':
        if (depth_ == 0) return at;  // the end of a number before it
        if (--depth_ == 0) return at + 1;
        break;
      default:
        if (depth_ == 0 && (white(text[at]) || text[at] == ',')) return at;
    }
  }
  return std::string_view::npos;
}

bool json_array_splitter::take_element(std::string_view& input, std::string_view& element) {
  if (handed_out_) collected_.clear();
  handed_out_ = false;
  if (!reach_element(input)) return false;
  const auto size = find_end(input);
  element = input.substr(0, size);
  if (collected_.size() + element.size() > element_limit_)
    return fail(errc::limit_exceeded, "an element of more than " + std::to_string(element_limit_) + " bytes");
  input.remove_prefix(element.size());
  const bool ended = size != std::string_view::npos;
  if (ended) place_ = lone_ ? place::after_document : place::after_element;
  if (ended && collected_.empty()) return true;
  collected_.append(element);
  if (!ended) return false;
  pad(collected_);
  element = collected_;
  handed_out_ = true;
  return true;
}

result<bool> json_array_splitter::next(std::string_view& input, std::string_view& element) {
  if (failure_) return *failure_;
  const bool found = take_element(input, element);
  if (failure_) return *failure_;
  return found;
}

std::string_view json_array_splitter::tail() {
  if (failure_ || handed_out_) return {};
  pad(collected_);
  return collected_;
}

}  // namespace cohedge::wire
