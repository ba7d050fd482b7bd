#include <cohedge/wire/http1.hpp>

#include "scan.hpp"

#include <algorithm>
#include <charconv>

namespace cohedge::wire {

namespace {

void append_number(std::string& out, std::size_t value, int base = 10) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
  out.append(digits, end);
}

result<void> check(std::span<const header> fields) {
  for (const header& field : fields) {
    if (!valid_header_name(field.name)) {
      return error{errc::invalid_argument, "a header name is a token (letters, digits, -): " +
                                               std::string{valid_header_value(field.name) ? field.name : ""}};
    }
    if (!valid_header_value(field.value)) {
      return error{errc::invalid_argument, "the value of header " + std::string{field.name} +
                                               " holds CR, LF, NUL or another control character"};
    }
    if (scan::is(field.name, "content-length") || scan::is(field.name, "transfer-encoding")) {
      return error{errc::invalid_argument, std::string{field.name} + " is written with the length, not as a header"};
    }
  }
  return success();
}

void append_fields(std::string& out, std::span<const header> fields) {
  for (const header& field : fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
}

void append_length(std::string& out, std::size_t length) {
  out.append("Content-Length: ");
  append_number(out, length);
  out.append("\r\n");
}

}  // namespace

bool valid_request_target(std::string_view target) noexcept {
  return !target.empty() && std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f; });
}

result<void> write_request_head(std::string& out, std::string_view method, std::string_view target,
                                std::span<const header> fields, std::optional<std::size_t> content_length) {
  if (!valid_header_name(method)) return error{errc::invalid_argument, "a method is a token, such as POST"};
  if (!valid_request_target(target)) {
    return error{errc::invalid_argument,
                 "a request target is not empty and has no spaces, controls or non-ASCII bytes"};
  }
  if (auto checked = check(fields); checked.has_error()) return checked;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  append_fields(out, fields);
  if (content_length) append_length(out, *content_length);
  out.append("\r\n");
  return success();
}

result<void> write_response_head(std::string& out, int status, std::span<const header> fields,
                                 std::optional<std::size_t> content_length) {
  if (status < 100 || status > 999) return error{errc::invalid_argument, "a status has three digits"};
  if (auto checked = check(fields); checked.has_error()) return checked;
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(status));
  out.append(" ").append(reason_phrase(status)).append("\r\n");
  append_fields(out, fields);
  const bool bodiless = status < 200 || status == 204 || status == 304;
  if (content_length)
    append_length(out, *content_length);
  else if (!bodiless)
    out.append("Transfer-Encoding: chunked\r\n");
  out.append("\r\n");
  return success();
}

void write_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  append_number(out, data.size(), 16);
  out.append("\r\n").append(data).append("\r\n");
}

void write_last_chunk(std::string& out) { out.append("0\r\n\r\n"); }

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 100: return "Continue";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 425: return "Too Early";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 529: return "Overloaded";
    default: return "Unknown";
  }
}

}  // namespace cohedge::wire
