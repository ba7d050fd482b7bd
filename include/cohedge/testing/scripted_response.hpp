#pragma once

#include <cohedge/testing/byte_script.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::testing {

/// How a body's end is told (RFC 9112 §6.3).
enum class framing : std::uint8_t { content_length, chunked, until_close };

/// An HTTP/1.1 response with its timing and its faults. A value; setters chain.
///
///     scripted_response{}.latency(80ms).event(R"({"choices":[…]})").wait(20ms).event("[DONE]")
///     scripted_response{503, "busy"}.header("Retry-After", "2")
///     scripted_response{}.body(json).reset_after(100)
class scripted_response {
 public:
  scripted_response() = default;
  explicit scripted_response(int status, std::string body = {});

  scripted_response& status(int code) { return status_ = code, *this; }
  scripted_response& header(std::string name, std::string value);
  /// application/json unless said otherwise or a server-sent event is added; an empty one leaves the field out.
  scripted_response& content_type(std::string value) { return content_type_ = std::move(value), *this; }
  /// Content-Length unless said otherwise; chunked as soon as an event is added, one chunk for each addition.
  scripted_response& framed(framing how) { return framing_ = how, *this; }

  /// From the request's last byte to the head.
  scripted_response& latency(duration length) { return latency_ = length, *this; }
  /// Before what is added next to the body, or before the end.
  scripted_response& wait(duration length) { return waits_ += length, *this; }
  scripted_response& body(std::string bytes);
  /// One server-sent event: `data: …` and an empty line.
  scripted_response& event(std::string_view data);
  scripted_response& event(std::string_view name, std::string_view data);
  /// Any lines of an event stream, as they are: comments, fields, broken ones.
  scripted_response& event_lines(std::string lines);

  /// These bytes and nothing else: head, body and framing are given as they are.
  scripted_response& raw(std::string message) { return raw_ = std::move(message), *this; }
  /// So many random bytes instead of an answer, from the seed of whoever plays the script.
  scripted_response& garbage(std::size_t size) { return garbage_ = size, *this; }
  /// Not one byte of an answer.
  scripted_response& nothing(script_end how) { return cut_message_after(0, how); }

  // Faults; n counts the bytes of the body as they are sent, framing included.
  scripted_response& cut_after(std::size_t n) { return cut_ = fault{n, script_end::closes}, *this; }
  scripted_response& reset_after(std::size_t n) { return cut_ = fault{n, script_end::resets}, *this; }
  scripted_response& stall_after(std::size_t n) { return cut_ = fault{n, script_end::hangs}, *this; }
  /// Counted from the first byte of the head.
  scripted_response& cut_message_after(std::size_t n, script_end how) { return cut_message_ = fault{n, how}, *this; }
  /// Says "Connection: close" and closes after the answer.
  scripted_response& close() { return end_ = script_end::closes, *this; }
  /// Closes or resets after the answer without having said so, or falls silent there.
  scripted_response& then(script_end how) { return unannounced_ = how, *this; }
  /// A chunked body without its last chunk; the end of a body whose peer just stops.
  scripted_response& no_last_chunk() { return last_chunk_ = false, *this; }

  scripted_response& in_pieces(std::size_t size, duration every = {});
  scripted_response& in_random_pieces(std::size_t most = 64) { return random_pieces_ = most, *this; }

  /// The bytes and their times. `to_head`: the request was HEAD, so no body follows.
  byte_script script(std::uint64_t seed = 1, bool to_head = false) const;

  int status() const noexcept { return status_; }
  duration latency() const noexcept { return latency_; }
  /// No fault keeps part of it back.
  bool is_whole() const noexcept { return !cut_ && !cut_message_ && last_chunk_ && garbage_ == 0; }

 private:
  struct fault {
    std::size_t after;
    script_end how;
  };

  std::string head() const;
  void write_body(byte_script& out) const;
  void apply_faults(byte_script& out, std::uint64_t seed) const;
  bool bodiless() const noexcept { return status_ < 200 || status_ == 204 || status_ == 304; }

  int status_ = 200;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::optional<std::string> content_type_;
  std::optional<framing> framing_;
  duration latency_{};
  duration waits_{};
  std::vector<byte_script::part> body_;
  std::optional<std::string> raw_;
  std::size_t garbage_ = 0;
  std::optional<fault> cut_;
  std::optional<fault> cut_message_;
  script_end end_ = script_end::stays_open;
  std::optional<script_end> unannounced_;
  bool last_chunk_ = true;
  bool events_ = false;
  std::size_t piece_size_ = 0;
  duration piece_every_{};
  std::size_t random_pieces_ = 0;
};

}  // namespace cohedge::testing
