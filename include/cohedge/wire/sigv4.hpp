#pragma once

#include <cohedge/core/result.hpp>
#include <cohedge/core/secret.hpp>
#include <cohedge/wire/header.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cohedge::wire {

/// Who signs: what AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN hold.
struct aws_credentials {
  secret access_key_id;
  secret secret_access_key;
  secret session_token;  ///< empty for keys that do not expire
};

/// A request as it goes out, as far as the signature covers it. The views belong to the caller.
struct sigv4_request {
  std::string_view method;
  std::string_view target;          ///< path and query as in the request line: what is escaped in it already is so
  std::span<const header> headers;  ///< all are signed: `Host` at least, never one that a proxy may change
  std::string_view body;
};

/// How a signature comes about. The canonical request holds the session token: it is not for logs.
struct sigv4_steps {
  std::string date;            ///< "20150830T123600Z"
  std::string body_hash;       ///< SHA-256 in hexadecimal, like the signature
  std::string signed_headers;  ///< "host;x-amz-date"
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;
};

/// Signs requests as AWS Signature Version 4 says for services other than S3 (AWS, "Create a signed AWS API request"):
/// every segment of the path is escaped once more than in the request line (`%3A` is signed as `%253A`), dot segments
/// and empty segments are left out of it, query parameters are sorted, white space within header values is folded, and
/// header fields with one name are joined with commas.
///
/// Holds nothing but what it is given, and reads no clock. Thread-safety: `const` calls from any thread.
class sigv4_signer {
 public:
  /// `region`: "us-east-1"; `service`: "bedrock".
  sigv4_signer(aws_credentials who, std::string region, std::string service)
      : who_{std::move(who)}, region_{std::move(region)}, service_{std::move(service)} {}

  /// Off for services that take the path as it is written.
  sigv4_signer& normalize_path(bool yes) noexcept { return normalize_path_ = yes, *this; }
  /// Send the body's hash as `X-Amz-Content-Sha256` and sign it too. Most services do not ask for that.
  sigv4_signer& send_body_hash(bool yes) noexcept { return send_body_hash_ = yes, *this; }
  /// Off: the session token is sent but not signed.
  sigv4_signer& sign_token(bool yes) noexcept { return sign_token_ = yes, *this; }

  /// Appends to `out` the fields that make the request a signed one: X-Amz-Date, X-Amz-Security-Token where there is a
  /// token, X-Amz-Content-Sha256 if wanted, Authorization. `unix_seconds` is the wall clock's time, which AWS lets be
  /// wrong by five minutes. The fields hold what was given as credentials, region and service: they are checked where
  /// they are written. Errors: missing_credential; out_of_memory, when OpenSSL cannot hash.
  result<void> sign(const sigv4_request& what, std::int64_t unix_seconds, header_block& out) const;

  /// The same, all the way to the signature, to hold against what an error answer of AWS says it had expected.
  result<sigv4_steps> steps(const sigv4_request& what, std::int64_t unix_seconds) const;

 private:
  std::string scope(std::string_view date) const;
  result<std::string> signature(const sigv4_steps& of) const;

  aws_credentials who_;
  std::string region_, service_;
  bool normalize_path_ = true;
  bool send_body_hash_ = false;
  bool sign_token_ = true;
};

}  // namespace cohedge::wire
