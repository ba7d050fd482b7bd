#pragma once

#include "openssl.hpp"

#include <cohedge/core/result.hpp>

#include <array>
#include <string>
#include <vector>

namespace cohedge::net {

/// OpenSSL's verdict over a chain that is good but for its keys.
inline constexpr int pin_mismatch = X509_V_ERR_APPLICATION_VERIFICATION;

/// Hashes of public keys, one of which a certificate chain must have (RFC 7469 §2.4 and §2.6).
class public_key_pins {
 public:
  /// Each the base64 of a SHA-256. Errors: invalid_config.
  static result<public_key_pins> parse(const std::vector<std::string>& texts);

  bool empty() const noexcept { return wanted_.empty(); }
  bool match(const STACK_OF(X509) * chain) const;

 private:
  using hash = std::array<unsigned char, 32>;

  static bool hash_of(const X509* certificate, hash& into);

  std::vector<hash> wanted_;
};

}  // namespace cohedge::net
