#pragma once

#include <cohedge/core/result.hpp>
#include <cohedge/core/secret.hpp>
#include <cohedge/net/destination.hpp>
#include <cohedge/wire/header.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::net {

/// What stands in the Host header of a request to it (RFC 9110 §7.2).
std::string host_field(const origin& to);

/// What is asked of a server but for the body: checked and written once, sent as often as wanted over either version of
/// HTTP. Holds credentials: its memory is overwritten when it dies.
class request_head {
 public:
  /// `target` begins with '/'. `fields` are without Host, Content-Length and everything else that belongs to a
  /// connection (RFC 9110 §7.6.1); the host and the proxy's own field come from `to`.
  /// Errors: invalid_argument, for what may not stand in a header (CR, LF, NUL, …); the text never holds a value.
  static result<request_head> make(const destination& to, std::string_view method, std::string_view target,
                                   std::span<const wire::header> fields);

  request_head() = default;
  request_head(request_head&&) noexcept = default;
  request_head& operator=(request_head&&) noexcept = default;

  std::string_view method() const noexcept { return method_; }
  /// It may be sent twice (RFC 9110 §9.2.2).
  bool idempotent() const noexcept;
  /// Request line and fields, each with its CRLF; the length and the empty line are to follow.
  std::string_view http1() const noexcept { return http1_.expose(); }
  /// Pseudo-header fields and fields, names in lower case (RFC 9113 §8.2).
  std::span<const wire::header> http2() const noexcept { return http2_; }
  bool empty() const noexcept { return http1_.empty(); }
  /// A number that no other head in the process has; 0 where there is none.
  std::uint64_t serial() const noexcept { return serial_; }

 private:
  void write_http2(std::string_view scheme, std::string_view authority, std::string_view target,
                   std::span<const wire::header> fields);

  std::string method_;
  secret http1_;
  secret http2_text_;
  std::vector<wire::header> http2_;  // in http2_text_
  std::uint64_t serial_ = 0;
};

}  // namespace cohedge::net
