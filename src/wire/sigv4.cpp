#include <cohedge/wire/sigv4.hpp>

#include <cohedge/wire/wipe.hpp>

#include "civil_date.hpp"
#include "sigv4_canonical.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace cohedge::wire {

namespace {

using digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

constexpr std::string_view algorithm{"AWS4-HMAC-SHA256"};

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}
std::string_view text_of(const digest& bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

error cannot_hash() { return {errc::out_of_memory, "OpenSSL could not hash what is to be signed"}; }

result<digest> sha256(std::string_view text) {
  digest out;
  if (SHA256(bytes_of(text), text.size(), out.data()) == nullptr) return cannot_hash();
  return out;
}

result<digest> hmac(std::string_view key, std::string_view text) {
  digest out;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), out.data(), nullptr) ==
      nullptr)
    return cannot_hash();
  return out;
}

std::string in_hex(const digest& bytes) {
  constexpr std::string_view digits{"0123456789abcdef"};
  std::string out;
  for (const auto byte : bytes) out.append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  return out;
}

/// "20150830T123600Z"
std::string amz_date(std::int64_t unix_seconds) {
  const auto at = civil_of(within_four_digits(unix_seconds));
  std::string out;
  append_padded(out, at.year, 4);
  append_padded(out, at.month, 2);
  append_padded(out, at.day, 2);
  out.append("T");
  append_padded(out, at.hour, 2);
  append_padded(out, at.minute, 2);
  append_padded(out, at.second, 2);
  return out.append("Z");
}

}  // namespace

/// "20150830/us-east-1/bedrock/aws4_request"
std::string sigv4_signer::scope(std::string_view date) const {
  std::string out{date.substr(0, 8)};
  return out.append("/").append(region_).append("/").append(service_).append("/aws4_request");
}

/// The key of a day, a region and a service is derived from the secret one; that key signs.
result<std::string> sigv4_signer::signature(const sigv4_steps& of) const {
  const auto own = who_.secret_access_key.expose();
  std::string start;
  start.reserve(4 + own.size());  // a buffer that grew would leave a copy of the key behind
  start.append("AWS4").append(own);
  auto key = hmac(start, std::string_view{of.date}.substr(0, 8));
  wipe(start);
  for (const std::string_view part : {std::string_view{region_}, std::string_view{service_},
                                      std::string_view{"aws4_request"}, std::string_view{of.string_to_sign}}) {
    if (!key) return std::move(key).error();
    auto next = hmac(text_of(key.value()), part);
    wipe(key.value());
    key = std::move(next);
  }
  if (!key) return std::move(key).error();
  return in_hex(key.value());
}

result<sigv4_steps> sigv4_signer::steps(const sigv4_request& what, std::int64_t unix_seconds) const {
  if (who_.access_key_id.empty() || who_.secret_access_key.empty())
    return error{errc::missing_credential, "an access key and its secret are needed to sign a request to AWS"};
  sigv4_steps out;
  out.date = amz_date(unix_seconds);
  const auto body_hash = sha256(what.body);
  if (!body_hash) return body_hash.error();
  out.body_hash = in_hex(body_hash.value());

  std::vector<header> fields{what.headers.begin(), what.headers.end()};
  fields.push_back({"x-amz-date", out.date});
  if (send_body_hash_) fields.push_back({"x-amz-content-sha256", out.body_hash});
  if (sign_token_ && !who_.session_token.empty())
    fields.push_back({"x-amz-security-token", who_.session_token.expose()});
  auto canonical = sigv4::canonical_headers(fields);
  out.signed_headers = canonical.names;

  const auto question = std::min(what.target.find('?'), what.target.size());
  auto& request = out.canonical_request;
  request.append(what.method).append("\n");
  sigv4::append_path(request, what.target.substr(0, question), normalize_path_);
  request.append("\n");
  sigv4::append_query(request, what.target.substr(std::min(question + 1, what.target.size())));
  request.reserve(request.size() + canonical.lines.size() + canonical.names.size() + out.body_hash.size() + 3);
  request.append("\n").append(canonical.lines).append("\n").append(canonical.names).append("\n").append(out.body_hash);
  wipe(canonical.lines);

  const auto request_hash = sha256(request);
  if (!request_hash) return request_hash.error();
  out.string_to_sign.append(algorithm).append("\n").append(out.date).append("\n").append(scope(out.date)).append("\n");
  out.string_to_sign.append(in_hex(request_hash.value()));
  auto signed_text = signature(out);
  if (!signed_text) return std::move(signed_text).error();
  out.signature = std::move(signed_text).value();
  return out;
}

result<void> sigv4_signer::sign(const sigv4_request& what, std::int64_t unix_seconds, header_block& out) const {
  auto made = steps(what, unix_seconds);
  if (!made) return std::move(made).error();
  wipe(made->canonical_request);
  out.add("X-Amz-Date", made->date);
  if (send_body_hash_) out.add("X-Amz-Content-Sha256", made->body_hash);
  std::string authorization{algorithm};
  authorization.append(" Credential=").append(who_.access_key_id.expose()).append("/").append(scope(made->date));
  authorization.append(", SignedHeaders=").append(made->signed_headers);
  authorization.append(", Signature=").append(made->signature);
  out.add("Authorization", authorization);
  // The last, so that the block does not grow, and leave a copy of it behind.
  if (!who_.session_token.empty()) out.add("X-Amz-Security-Token", who_.session_token.expose());
  return success();
}

}  // namespace cohedge::wire
