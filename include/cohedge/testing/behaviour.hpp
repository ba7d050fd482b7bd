#pragma once

#include <cohedge/testing/latency_curve.hpp>
#include <cohedge/testing/prepared_answer.hpp>
#include <cohedge/testing/scripted_response.hpp>
#include <cohedge/testing/server_request.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cohedge::testing {

/// Where a 429 says how long to wait. Points in time come with a Date, and are whole seconds.
enum class retry_after_form : std::uint8_t {
  seconds,                     ///< Retry-After: 3
  http_date,                   ///< Retry-After: a date
  retry_after_ms,              ///< retry-after-ms: 3000
  x_ms_retry_after_ms,         ///< x-ms-retry-after-ms: 3000 (Azure)
  x_ratelimit_reset_requests,  ///< a Go duration, next to x-ratelimit-remaining-requests: 0 (OpenAI, Groq)
  x_ratelimit_reset,           ///< x-ratelimit-reset: 3 (Together)
  x_ratelimit_reset_unix,      ///< x-ratelimit-reset: seconds since 1970 (Cohere)
  x_ratelimit_reset_unix_ms,   ///< x-ratelimit-reset: milliseconds since 1970 (OpenRouter)
  anthropic_ratelimit_reset,   ///< anthropic-ratelimit-tokens-reset: 2025-01-06T12:00:03Z
  ratelimit,                   ///< RateLimit: "api";r=0;t=3 (Hugging Face)
  ratelimit_reset,             ///< RateLimit-Reset: 3 (Replicate)
  google_retry_info,           ///< RetryInfo.retryDelay in the body
};

/// How a stream that began well reports an error: the recorded shapes.
enum class stream_error : std::uint8_t {
  own,                ///< as the API of the request does: OpenAI's `data`, Anthropic's event, Bedrock's exception, …
  data,               ///< `data: {"error":{…}}` (OpenAI, vLLM)
  event,              ///< `event: error` and a status code inside, then the end (Groq)
  typed_event,        ///< `event: error`, {"type":"error","error":{…}} (Anthropic)
  choices_and_error,  ///< a chunk with both (OpenRouter)
  field,              ///< a field line `error: {…}` (llama.cpp)
  bare_json,          ///< the error's JSON without any `data:` (Gemini)
  error_message,      ///< a message of the type `error` (Bedrock, beside its exceptions)
  finish_reason,      ///< finish_reason "error" (Mistral, OpenRouter)
};

/// What the LLM server does with one request: the answer, its timing, its faults. The default is a good answer at once,
/// in the API that the request's path belongs to.
/// A value; setters chain.
///
///     behaviour{}.latency({300ms, 900ms, 1400ms, 4s}).tokens(80).between_tokens(12ms)
///     behaviour{}.rate_limited(2s, retry_after_form::retry_after_ms)
///     behaviour{}.cut_after_tokens(3)
class behaviour {
 public:
  behaviour() = default;

  // Timing -----------------------------------------------------------------------------------------------------------
  /// Until the head; a whole answer also takes the time of its tokens.
  behaviour& after(duration latency) { return after_ = latency, *this; }
  /// Drawn for each request, from the server's seed.
  behaviour& latency(const latency_curve& from) { return curve_ = from, *this; }
  /// From the head to the first token.
  behaviour& first_token_after(duration wait) { return first_token_ = wait, *this; }
  behaviour& between_tokens(duration wait) { return between_ = wait, *this; }

  // The answer -------------------------------------------------------------------------------------------------------
  /// Instead of the sentence made from the prompt.
  behaviour& text(std::string answer) { return text_ = std::move(answer), *this; }
  /// Exactly so many tokens (words).
  behaviour& tokens(std::size_t count) { return tokens_ = count, *this; }
  /// Sent as it is, whatever the tokens say.
  behaviour& finish(std::string reason) { return finish_ = std::move(reason), *this; }
  behaviour& header(std::string name, std::string value);
  /// So many signs of life before the first token, `between_tokens` apart: comments in server-sent events, pings in
  /// Anthropic's, empty lines in lines of JSON and before whole answers; Bedrock's streams have none.
  behaviour& keep_alives(std::size_t count) { return keep_alives_ = count, *this; }
  /// So many bytes more in every event; white space before a whole answer.
  behaviour& padding(std::size_t bytes) { return padding_ = bytes, *this; }
  behaviour& framed(framing how) { return framing_ = how, *this; }

  // Errors instead of an answer --------------------------------------------------------------------------------------
  /// An error status; an empty body becomes one in the API's own shape. 200 without a body is a good answer.
  behaviour& status(int code, std::string body = {});
  /// In OpenAI's shape.
  behaviour& error(int code, std::string_view type, std::string_view provider_code, std::string_view message);
  behaviour& rate_limited(duration wait, retry_after_form form);
  /// The error body of `status` or `error` with status 200.
  behaviour& as_200() { return as_200_ = true, *this; }

  // Faults in an answer; counted in tokens that come before (in a whole answer: cut in its middle) -------------------
  behaviour& cut_after_tokens(std::size_t n) { return token_fault(n, fault::cut); }
  behaviour& reset_after_tokens(std::size_t n) { return token_fault(n, fault::reset); }
  behaviour& stall_after_tokens(std::size_t n) { return token_fault(n, fault::stall); }
  behaviour& error_after_tokens(std::size_t n, stream_error shape = stream_error::own);
  /// An event whose JSON breaks off, then the stream goes on.
  behaviour& malformed_after_tokens(std::size_t n) { return token_fault(n, fault::malformed); }
  /// The stream ends in order, but without a finish reason and [DONE].
  behaviour& no_finish() { return finish_events_ = false, done_ = false, *this; }
  behaviour& no_done() { return done_ = false, *this; }
  behaviour& no_usage() { return usage_ = false, *this; }

  // Faults of the connection; n counts bytes of the body, framing included -------------------------------------------
  behaviour& cut_after(std::size_t n) { return byte_fault(n, script_end::closes); }
  behaviour& reset_after(std::size_t n) { return byte_fault(n, script_end::resets); }
  behaviour& stall_after(std::size_t n) { return byte_fault(n, script_end::hangs); }
  behaviour& headers_then_silence() { return stall_after(0); }
  /// Not one byte of an answer.
  behaviour& no_answer(script_end how) { return no_answer_ = how, *this; }
  /// At most `bytes` at a time, `every` apart.
  behaviour& drip(std::size_t bytes, duration every);
  behaviour& in_pieces(std::size_t size) { return drip(size, duration{}); }
  behaviour& in_random_pieces(std::size_t most = 64) { return random_pieces_ = most, *this; }

  // Answers as they are ----------------------------------------------------------------------------------------------
  /// Recorded traffic: status, fields and body as given; only the framing is ours (`framed`; Content-Length without).
  static behaviour replay(int status, std::vector<std::pair<std::string, std::string>> headers, std::string body);
  /// Any response, with its own script.
  static behaviour respond(scripted_response with);
  /// Bytes made once; the server answers without looking at the request (see `server_options::always`).
  static behaviour prepared(prepared_answer bytes);
  const std::shared_ptr<const prepared_answer>& prepared_bytes() const noexcept { return prepared_; }

  /// What goes over the wire for this request. `seed` decides the drawn latency.
  scripted_response response(const server_request& asked, std::uint64_t seed) const;

 private:
  friend class llm_answer;
  enum class fault : std::uint8_t { none, cut, reset, stall, error, malformed };
  struct byte_fault_at {
    std::size_t after;
    script_end how;
  };

  behaviour& token_fault(std::size_t n, fault what) { return fault_after_ = n, fault_ = what, *this; }
  behaviour& byte_fault(std::size_t n, script_end how) { return byte_fault_ = byte_fault_at{n, how}, *this; }
  void shape(scripted_response& out) const;

  duration after_{};
  std::optional<latency_curve> curve_;
  duration first_token_{};
  duration between_{};

  std::optional<std::string> text_;
  std::optional<std::size_t> tokens_;
  std::optional<std::string> finish_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::size_t keep_alives_ = 0;
  std::size_t padding_ = 0;
  std::optional<framing> framing_;

  int status_ = 200;
  std::string error_body_;
  bool as_200_ = false;

  std::size_t fault_after_ = 0;
  fault fault_ = fault::none;
  stream_error error_shape_ = stream_error::own;
  bool finish_events_ = true;
  bool done_ = true;
  bool usage_ = true;

  std::optional<byte_fault_at> byte_fault_;
  std::optional<script_end> no_answer_;
  std::size_t piece_size_ = 0;
  duration piece_every_{};
  std::size_t random_pieces_ = 0;

  std::optional<scripted_response> as_it_is_;
  std::shared_ptr<const prepared_answer> prepared_;
};

/// Decides what a server does with each request.
using behaviour_script = std::function<behaviour(const server_request&)>;

/// The LLM server's answers for a scripted network: `network.on_request(llm_answers(script, seed))`. Without a script
/// every answer is a good one.
std::function<scripted_response(const recorded_request&)> llm_answers(behaviour_script script = {},
                                                                      std::uint64_t seed = 1);

}  // namespace cohedge::testing
