#include <cohedge/dialect/error_classification.hpp>

#include <cohedge/wire/retry_after.hpp>

#include "error_body.hpp"
#include "error_table.hpp"

#include <string>
#include <utility>

namespace cohedge::dialect {
namespace {

struct judgement {
  error_class kind;
  std::string code;  // the word that decided, or the best there is
};

// The decision table. A word of the provider's that is in the table decides, unless the status says something more
// definite; then a phrase of its message; then the status.
judgement judge(int status, const error_body& said) {
  const std::string any = !said.codes.empty() ? said.codes.front() : said.number;
  for (const auto& code : said.codes) {
    const auto kind = class_of_code(code);
    if (!kind) continue;
    // "server_error" and "not_supported_error" are general: 529, 501 and phrases say more.
    if (*kind == error_class::transient || *kind == error_class::caller_fault) continue;
    // Some gateways call every 403 and 401 a permission error, also those about money or policy.
    if (*kind == error_class::credential)
      if (const auto phrase = class_of_phrase(status, said.message);
          phrase == error_class::quota || phrase == error_class::content_policy)
        return {*phrase, code};
    return {*kind, code};
  }
  if (const auto kind = class_of_phrase(status, said.message)) return {*kind, any};
  if (const auto kind = class_of_phrase(status, said.more)) return {*kind, any};
  if (status != 0) return {class_of_status(status), any};
  for (const auto& code : said.codes)
    if (const auto kind = class_of_code(code)) return {*kind, code};
  return {error_class::pre_content, any};
}

std::string explanation(const error_body& said) {
  if (said.more.empty() || said.message.find(said.more) != std::string::npos) return said.message;
  return said.message.empty() ? said.more : said.message + ": " + said.more;
}

// What the provider says about trying again. It decides where our table only knows the status.
void heed_should_retry(const wire::header_block& headers, int status, error& found) {
  const auto advice = headers.find("x-should-retry");
  if (!advice) return;
  if (*advice == "true" && found.kind() == error_class::caller_fault) found.with_kind(error_class::transient);
  if (*advice == "false" && found.kind() == error_class::transient && status < 500)
    found.with_kind(error_class::caller_fault);
}

}  // namespace

error classify_http(int status, const wire::header_block& headers, std::string_view body) {
  auto said = read_error_body(body);
  if (const auto type = headers.find("x-amzn-errortype"))
    said.codes.insert(said.codes.begin(), one_line(type->substr(0, type->find(':')), 100));
  auto decided = judge(status, said);
  error found{errc::http_status, decided.kind, explanation(said)};
  found.with_status(status);
  if (!decided.code.empty()) found.with_provider_code(std::move(decided.code));
  heed_should_retry(headers, status, found);
  const auto id = request_id_of(headers);
  if (!id.empty() || !said.request_id.empty())
    found.with_request_id(one_line(id.empty() ? std::string_view{said.request_id} : id, 128));
  if (const auto location = headers.find("location"); location && status >= 300 && status < 400)
    found.with_detail("redirect to " + one_line(*location, 300) + ", not followed: check the base URL");
  if (const auto wait = wire::retry_after(headers, body, status)) found.with_retry_after(*wait);
  return found;
}

error classify_body(std::string_view json, std::string_view code) {
  auto said = read_error_body(json);
  if (!code.empty()) said.codes.insert(said.codes.begin(), one_line(code, 100));
  auto decided = judge(said.status, said);
  error found{errc::provider_error, decided.kind, explanation(said)};
  if (!decided.code.empty()) found.with_provider_code(std::move(decided.code));
  if (!said.request_id.empty()) found.with_request_id(one_line(said.request_id, 128));
  const int hint = said.status != 0 ? said.status : decided.kind == error_class::rate_limited ? 429 : 0;
  if (const auto wait = wire::retry_after({}, json, hint)) found.with_retry_after(*wait);
  return found;
}

std::string_view request_id_of(const wire::header_block& headers) noexcept {
  static constexpr std::string_view names[] = {
      "x-request-id",  "request-id",      "apim-request-id",   "x-amzn-requestid", "x-debug-trace-id",
      "x-ds-trace-id", "x-generation-id", "x-kong-request-id", "cf-ray"};
  for (const auto name : names)
    if (const auto value = headers.find(name); value && !value->empty()) return value->substr(0, 128);
  return {};
}

}  // namespace cohedge::dialect
