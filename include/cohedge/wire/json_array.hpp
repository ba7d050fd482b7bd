#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// Cuts one JSON array that is written piece by piece (`[{…}` `,\n{…}` `]`, as Gemini streams without `alt=sse`) into
/// its elements, each as soon as its last byte is there. It looks at strings, escapes and nesting only; whether an
/// element is valid JSON is for a parser to say. A document that is one object instead of an array, such as an error,
/// is its own only element.
///
/// An element that lies whole in one input is handed out without a copy; one that is cut over inputs is collected, with
/// at least 64 readable bytes after it. So: if the input is followed by 64 readable bytes (simdjson's padding), the
/// element is too. Does not allocate once its buffer has grown.
///
/// Errors: `errc::limit_exceeded` (sse_event), `errc::malformed_answer` (neither array nor object, bytes between
/// elements or after the end that do not belong there); every later call gives it again.
/// Thread-safety: none, as for `std::string`.
class json_array_splitter {
 public:
  explicit json_array_splitter(const limits& bounds = {}) : element_limit_{bounds.sse_event} {}

  /// True: an element, and what is left of `input` may hold more. False: `input` is used up. The view is valid until
  /// the next call, and no longer than the input.
  result<bool> next(std::string_view& input, std::string_view& element);

  /// The array, or the object in its place, is complete.
  bool complete() const noexcept { return place_ == place::after_document; }
  /// At the end of the stream: what there is of an element that was cut off. With 64 readable bytes after it.
  std::string_view tail();

 private:
  enum class place : std::uint8_t {
    before_document,
    before_first,
    before_element,
    within,
    after_element,
    after_document
  };

  bool reach_element(std::string_view& input);
  bool enter(char c);
  std::size_t find_end(std::string_view text);
  bool take_element(std::string_view& input, std::string_view& element);
  bool fail(errc code, std::string what);

  std::size_t element_limit_;
  std::string collected_;  // of an element cut over inputs
  std::optional<error> failure_;
  std::size_t depth_ = 0;  // of brackets open within the element
  place place_ = place::before_document;
  bool in_string_ = false;
  bool escaped_ = false;     // the next byte of the string is
  bool lone_ = false;        // the document is an object
  bool handed_out_ = false;  // what is collected was the last element
};

}  // namespace cohedge::wire
