#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace cohedge::dialect {

/// One document of a stream, and what its framing says about it.
struct frame {
  std::string_view type{};  ///< an event's type, where the framing names one
  std::string_view data{};  ///< 64 readable bytes follow
  std::string_view end{};   ///< where the document was only peeked at: what stands behind it; data goes on from there
  bool failure = false;     ///< the framing itself says that this is an error

  /// One by one: what is put together first and then copied is stored in words and loaded as a whole, which stalls.
  void set(std::string_view new_type, std::string_view new_data, bool new_failure = false) noexcept {
    type = new_type;
    data = new_data;
    end = {};
    failure = new_failure;
  }
};

/// Cuts the body of a streamed answer into documents. Views are valid until the next call, and no longer than the input
/// they came from, which 64 readable bytes must follow.
class framing {
 public:
  virtual ~framing() = default;
  /// True: a document, and what is left of `input` may hold more. False: `input` is used up. Errors: limit_exceeded,
  /// malformed_answer; every later call gives it again.
  virtual result<bool> next(std::string_view& input, frame& out) = 0;
  /// Where the next document begins, and what stands behind its end, which is not looked for: whoever finds it may take
  /// both off the input himself. False: that is not known, so `next` must be called.
  virtual bool peek(std::string_view /*input*/, frame& /*out*/) const noexcept { return false; }
  /// At the end of the body: what an unfinished last document holds, true where it has something to read. At most once.
  virtual bool tail(frame& out) = 0;
};

enum class framing_kind : std::uint8_t {
  sse,
  sse_or_array,  ///< Gemini: without `alt=sse` the documents are the elements of one JSON array
  ndjson,
  eventstream,
};

/// The framing of a body, of which the first byte that is no white space tells whether it is one: null where it is JSON
/// or a page instead, to be read whole.
std::unique_ptr<framing> framing_for(framing_kind kind, char first, const limits& bounds);

}  // namespace cohedge::dialect
