#include <cohedge/core/error.hpp>
#include <cohedge/core/report.hpp>

#include <utility>

namespace cohedge {

struct error::rare {
  std::string detail;
  std::string provider;
  std::string request_id;
  std::string provider_code;
  std::optional<std::chrono::nanoseconds> retry_after;
  std::shared_ptr<const cohedge::report> report;
};

error::error(errc code) noexcept : code_{code}, kind_{default_class(code)} {}
error::error(errc code, std::string detail) : error{code} { with_detail(std::move(detail)); }
error::error(errc code, error_class kind, std::string detail) : code_{code}, kind_{kind} {
  if (!detail.empty()) with_detail(std::move(detail));
}

error::rare& error::own() {
  if (!rare_) rare_ = std::make_shared<rare>();
  if (rare_.use_count() > 1) rare_ = std::make_shared<rare>(*rare_);
  return *rare_;
}

std::string_view error::detail() const noexcept { return rare_ ? rare_->detail : std::string_view{}; }
std::string_view error::provider() const noexcept { return rare_ ? rare_->provider : std::string_view{}; }
std::string_view error::request_id() const noexcept { return rare_ ? rare_->request_id : std::string_view{}; }
std::string_view error::provider_code() const noexcept { return rare_ ? rare_->provider_code : std::string_view{}; }

std::optional<std::chrono::nanoseconds> error::retry_after() const noexcept {
  return rare_ ? rare_->retry_after : std::nullopt;
}

const report* error::report() const noexcept { return rare_ ? rare_->report.get() : nullptr; }

std::span<const attempt> error::attempts() const noexcept {
  if (const auto* whole = report()) return whole->attempts;
  return {};
}

error& error::with_status(int status) noexcept {
  status_ = static_cast<std::uint16_t>(status);
  return *this;
}
error& error::with_kind(error_class kind) noexcept {
  kind_ = kind;
  return *this;
}
error& error::with_detail(std::string text) {
  own().detail = std::move(text);
  return *this;
}
error& error::with_provider(std::string name) {
  own().provider = std::move(name);
  return *this;
}
error& error::with_request_id(std::string id) {
  own().request_id = std::move(id);
  return *this;
}
error& error::with_provider_code(std::string code) {
  own().provider_code = std::move(code);
  return *this;
}
error& error::with_retry_after(std::chrono::nanoseconds wait) {
  own().retry_after = wait;
  return *this;
}
error& error::with_report(std::shared_ptr<const cohedge::report> report) {
  own().report = std::move(report);
  return *this;
}

std::string error::message() const {
  std::string line;
  if (!provider().empty()) line.append(provider()).append(": ");
  line.append(to_string(code_));
  if (status_ != 0) line.append(" (HTTP ").append(std::to_string(status_)).append(")");
  if (!provider_code().empty()) line.append(" [").append(provider_code()).append("]");
  if (!detail().empty()) line.append(": ").append(detail());
  if (auto tried = attempts().size(); tried > 1) line.append(" (after ").append(std::to_string(tried)).append(" attempts)");
  return line;
}

error_class default_class(errc code) noexcept {
  switch (code) {
    case errc::none: return error_class::local;
    case errc::end_of_stream:
    case errc::cancelled:
    case errc::deadline_exceeded: return error_class::cancelled;
    case errc::superseded: return error_class::superseded;
    case errc::invalid_argument:
    case errc::unsupported: return error_class::caller_fault;
    case errc::missing_credential: return error_class::credential;
    case errc::closed:
    case errc::invalid_config:
    case errc::out_of_memory:
    case errc::unhandled_exception:
    case errc::attempts_used_up:
    case errc::no_candidates: return error_class::local;
    case errc::name_not_found:
    case errc::connection_refused:
    case errc::connect_failed:
    case errc::connect_timeout:
    case errc::tls_untrusted:
    case errc::tls_self_signed:
    case errc::tls_wrong_host:
    case errc::tls_expired:
    case errc::tls_pin_mismatch:
    case errc::tls_failed: return error_class::connect;
    case errc::connection_reset:
    case errc::connection_closed:
    case errc::protocol_error:
    case errc::limit_exceeded:
    case errc::header_timeout:
    case errc::total_timeout: return error_class::transport;
    case errc::first_content_timeout:
    case errc::provider_error:
    case errc::malformed_answer:
    case errc::empty_answer: return error_class::pre_content;
    case errc::between_content_timeout: return error_class::stalled;
    case errc::http_status: return error_class::transient;
    case errc::truncated: return error_class::truncated;
    case errc::all_cooled: return error_class::all_cooled;
  }
  return error_class::local;
}

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::none: return "no error";
    case errc::end_of_stream: return "end of stream";
    case errc::cancelled: return "cancelled";
    case errc::superseded: return "superseded";
    case errc::deadline_exceeded: return "deadline exceeded";
    case errc::closed: return "client closed";
    case errc::invalid_argument: return "invalid argument";
    case errc::invalid_config: return "invalid configuration";
    case errc::missing_credential: return "missing credential";
    case errc::unsupported: return "unsupported by this provider";
    case errc::out_of_memory: return "out of memory";
    case errc::unhandled_exception: return "unhandled exception";
    case errc::name_not_found: return "host name not found";
    case errc::connection_refused: return "connection refused";
    case errc::connect_failed: return "cannot connect";
    case errc::connect_timeout: return "connect timeout";
    case errc::tls_untrusted: return "TLS certificate of an unknown authority";
    case errc::tls_self_signed: return "self-signed TLS certificate";
    case errc::tls_wrong_host: return "TLS certificate of another host";
    case errc::tls_expired: return "TLS certificate expired or not yet valid";
    case errc::tls_pin_mismatch: return "TLS certificate without a pinned key";
    case errc::tls_failed: return "TLS failed";
    case errc::connection_reset: return "connection reset";
    case errc::connection_closed: return "connection closed";
    case errc::protocol_error: return "HTTP protocol error";
    case errc::limit_exceeded: return "limit exceeded";
    case errc::header_timeout: return "timeout waiting for response headers";
    case errc::first_content_timeout: return "timeout waiting for the first content";
    case errc::between_content_timeout: return "timeout between content";
    case errc::total_timeout: return "total timeout";
    case errc::http_status: return "error status";
    case errc::provider_error: return "provider error";
    case errc::malformed_answer: return "malformed answer";
    case errc::empty_answer: return "empty answer";
    case errc::truncated: return "truncated answer";
    case errc::attempts_used_up: return "attempts used up";
    case errc::no_candidates: return "no candidates";
    case errc::all_cooled: return "all targets are cooling down";
  }
  return "unknown";
}

std::string_view to_string(error_class kind) noexcept {
  switch (kind) {
    case error_class::cancelled: return "cancelled";
    case error_class::caller_fault: return "caller_fault";
    case error_class::context_window: return "context_window";
    case error_class::content_policy: return "content_policy";
    case error_class::credential: return "credential";
    case error_class::quota: return "quota";
    case error_class::model_gone: return "model_gone";
    case error_class::rate_limited: return "rate_limited";
    case error_class::transient: return "transient";
    case error_class::overloaded: return "overloaded";
    case error_class::connect: return "connect";
    case error_class::transport: return "transport";
    case error_class::pre_content: return "pre_content";
    case error_class::truncated: return "truncated";
    case error_class::stalled: return "stalled";
    case error_class::superseded: return "superseded";
    case error_class::all_cooled: return "all_cooled";
    case error_class::local: return "local";
  }
  return "unknown";
}

std::string_view to_string(start_reason why) noexcept {
  switch (why) {
    case start_reason::primary: return "primary";
    case start_reason::fallback: return "fallback";
    case start_reason::race: return "race";
    case start_reason::hedge: return "hedge";
    case start_reason::retry: return "retry";
  }
  return "unknown";
}

std::string_view to_string(end_reason how) noexcept {
  switch (how) {
    case end_reason::running: return "running";
    case end_reason::won: return "won";
    case end_reason::failed: return "failed";
    case end_reason::lost: return "lost";
    case end_reason::cancelled: return "cancelled";
  }
  return "unknown";
}

std::string_view to_string(certainty known) noexcept {
  switch (known) {
    case certainty::exact: return "exact";
    case certainty::at_least: return "at_least";
    case certainty::unknown: return "unknown";
  }
  return "unknown";
}

}  // namespace cohedge
