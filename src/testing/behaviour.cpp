#include <cohedge/testing/behaviour.hpp>

#include <cohedge/wire/http_date.hpp>

#include "error_bodies.hpp"
#include "llm_answer.hpp"
#include "splitmix.hpp"
#include "usage_json.hpp"

#include <algorithm>
#include <array>

namespace cohedge::testing {

behaviour& behaviour::header(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
  return *this;
}

behaviour& behaviour::status(int code, std::string body) {
  status_ = code;
  error_body_ = std::move(body);
  return *this;
}

behaviour& behaviour::error(int code, std::string_view type, std::string_view provider_code,
                            std::string_view message) {
  return status(code, openai_error(type, provider_code, message));
}

behaviour& behaviour::rate_limited(duration wait, retry_after_form form) {
  const auto milliseconds = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(wait).count());
  status(429, form == retry_after_form::google_retry_info ? google_retry_info(wait) : std::string{});
  const auto later = created + std::chrono::duration_cast<std::chrono::seconds>(wait).count();
  const auto seconds = std::to_string(later - created);
  switch (form) {
    case retry_after_form::seconds: return header("Retry-After", decimal_seconds(wait));
    case retry_after_form::http_date:
      return header("Date", wire::format_http_date(created)).header("Retry-After", wire::format_http_date(later));
    case retry_after_form::retry_after_ms: return header("retry-after-ms", milliseconds);
    case retry_after_form::x_ms_retry_after_ms: return header("x-ms-retry-after-ms", milliseconds);
    case retry_after_form::x_ratelimit_reset_requests:
      header("x-ratelimit-limit-requests", "60").header("x-ratelimit-remaining-requests", "0");
      return header("x-ratelimit-reset-requests", decimal_seconds(wait) + "s");
    case retry_after_form::x_ratelimit_reset:
      return header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", decimal_seconds(wait));
    case retry_after_form::x_ratelimit_reset_unix:
      header("Date", wire::format_http_date(created)).header("x-ratelimit-remaining", "0");
      return header("x-ratelimit-reset", std::to_string(later));
    case retry_after_form::x_ratelimit_reset_unix_ms:
      header("Date", wire::format_http_date(created)).header("x-ratelimit-remaining", "0");
      return header("x-ratelimit-reset", std::to_string(later * 1000));
    case retry_after_form::anthropic_ratelimit_reset:
      header("Date", wire::format_http_date(created)).header("anthropic-ratelimit-tokens-remaining", "0");
      return header("anthropic-ratelimit-tokens-reset", wire::format_rfc3339(later));
    case retry_after_form::ratelimit: return header("RateLimit", "\"api\";r=0;t=" + seconds);
    case retry_after_form::ratelimit_reset:
      return header("RateLimit-Remaining", "0").header("RateLimit-Reset", seconds);
    case retry_after_form::google_retry_info: break;
  }
  return *this;
}

behaviour& behaviour::error_after_tokens(std::size_t n, stream_error shape) {
  error_shape_ = shape;
  return token_fault(n, fault::error);
}

behaviour& behaviour::drip(std::size_t bytes, duration every) {
  piece_size_ = bytes;
  piece_every_ = every;
  return *this;
}

behaviour behaviour::replay(int status, std::vector<std::pair<std::string, std::string>> headers, std::string body) {
  const auto frames = [](std::string_view name) {
    constexpr std::array<std::string_view, 5> ours{"content-length", "transfer-encoding", "content-encoding",
                                                   "connection", "keep-alive"};
    return std::ranges::any_of(ours, [name](auto field) { return wire::equals_ignore_case(name, field); });
  };
  scripted_response as_recorded{status, std::move(body)};
  as_recorded.content_type("");
  for (auto& [name, value] : headers) {
    if (!frames(name)) as_recorded.header(std::move(name), std::move(value));
  }
  return respond(std::move(as_recorded));
}

behaviour behaviour::respond(scripted_response with) {
  behaviour as_given;
  as_given.as_it_is_ = std::move(with);
  return as_given;
}

behaviour behaviour::prepared(prepared_answer bytes) {
  behaviour fast;
  fast.prepared_ = std::make_shared<const prepared_answer>(std::move(bytes));
  return fast;
}

void behaviour::shape(scripted_response& out) const {
  for (const auto& [name, value] : headers_) out.header(name, value);
  if (framing_) out.framed(*framing_);
  if (byte_fault_ && byte_fault_->how == script_end::closes) out.cut_after(byte_fault_->after);
  if (byte_fault_ && byte_fault_->how == script_end::resets) out.reset_after(byte_fault_->after);
  if (byte_fault_ && byte_fault_->how == script_end::hangs) out.stall_after(byte_fault_->after);
  if (no_answer_) out.nothing(*no_answer_);
  if (piece_size_ > 0) out.in_pieces(piece_size_, piece_every_);
  if (random_pieces_ > 0) out.in_random_pieces(random_pieces_);
}

scripted_response behaviour::response(const server_request& asked, std::uint64_t seed) const {
  scripted_response out;
  if (prepared_) {
    out.raw(prepared_->text());
  } else if (as_it_is_) {
    out = *as_it_is_;
  } else {
    if (!error_body_.empty())
      out = scripted_response{as_200_ ? 200 : status_, error_body_};
    else
      out = status_ >= 400 ? llm_answer{*this, asked}.refusal() : llm_answer{*this, asked}.response();
    out.header("x-request-id", "req_" + std::to_string(asked.number));
  }
  splitmix random{seed};
  const auto drawn = curve_ ? curve_->quantile(random.unit()) : duration{};
  out.latency(out.latency() + after_ + drawn);
  shape(out);
  return out;
}

std::function<scripted_response(const recorded_request&)> llm_answers(behaviour_script script, std::uint64_t seed) {
  return [script = std::move(script), seed](const recorded_request& asked) {
    const auto how = script ? script(asked) : behaviour{};
    return how.response(asked, splitmix{seed + asked.number}());
  };
}

}  // namespace cohedge::testing
