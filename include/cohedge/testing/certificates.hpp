#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cohedge::testing {

/// A certificate and its private key, both PEM.
struct certificate {
  std::string cert_pem;
  std::string key_pem;
};

/// What is special about a certificate. The default is a good one: valid since yesterday, for a year.
class certificate_options {
 public:
  certificate_options() noexcept = default;

  /// Ended yesterday.
  certificate_options& expired() noexcept { return from_days_ = -30, to_days_ = -1, *this; }
  /// Begins tomorrow.
  certificate_options& not_yet_valid() noexcept { return from_days_ = 1, to_days_ = 30, *this; }
  /// Signed with its own key instead of the authority's.
  certificate_options& self_signed() noexcept { return self_signed_ = true, *this; }

  int from_days() const noexcept { return from_days_; }
  int to_days() const noexcept { return to_days_; }
  bool is_self_signed() const noexcept { return self_signed_; }

 private:
  int from_days_ = -1;
  int to_days_ = 365;
  bool self_signed_ = false;
};

/// A certificate authority that lives for a test: it makes server certificates (ECDSA P-256) at run time, so that no
/// key lies in the repository and none expires there. The days count from the real clock, since OpenSSL checks by it.
/// A program that cannot make keys ends with a message: without certificates there is no test.
class certificate_authority {
 public:
  explicit certificate_authority(const std::string& name = "cohedge test authority");
  ~certificate_authority();
  certificate_authority(certificate_authority&&) noexcept;
  certificate_authority& operator=(certificate_authority&&) noexcept;

  /// The authority's own certificate: what a client is to trust.
  const std::string& ca_pem() const noexcept;
  /// A server certificate for these names and addresses (`127.0.0.1`, `::1`); subject alternative names only.
  certificate issue(const std::vector<std::string>& hosts, const certificate_options& options = {});

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace cohedge::testing
