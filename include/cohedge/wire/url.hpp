#pragma once

#include <cohedge/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// An http or https URL in parts (RFC 3986). Escapes (%2F) are kept as they were written.
struct url {
  std::string scheme;      ///< "http" or "https"
  std::string host;        ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  ///< 80 or 443 where none was written
  std::string path;        ///< "" or "/v1": begins with a slash, does not end with one
  std::string slashes;     ///< those that followed the path: "/" of "/v1/"
  std::string query;       ///< what follows the question mark

  bool secure() const noexcept { return scheme == "https"; }
  bool default_port() const noexcept { return port == (secure() ? 443 : 80); }
  /// What goes into the Host header: brackets around an IPv6 address, the port unless it is the scheme's own.
  std::string host_header() const;
  /// Scheme, host and port as browsers write an origin: "https://api.openai.com". Equal strings, same origin.
  std::string origin() const;
  /// Path and query as they were written (but for an empty query), as a request line wants them: "/" at least.
  std::string target() const;
};

/// Reads an absolute URL. Refused with `errc::invalid_argument` and a detail that says what would be right: other
/// schemes, user names and passwords, fragments, spaces, controls and non-ASCII bytes. The detail never repeats the
/// part before an @ or the query: there may be a secret in it.
result<url> parse_url(std::string_view text);

/// Appends a text as one segment of a path: all but letters, digits and -._~@ is escaped (%2F), also what RFC 3986 §3.3
/// would allow, because some providers give the colon a meaning.
void append_path_segment(std::string& path, std::string_view text);

}  // namespace cohedge::wire
