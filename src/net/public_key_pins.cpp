#include "public_key_pins.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>

namespace cohedge::net {

result<public_key_pins> public_key_pins::parse(const std::vector<std::string>& texts) {
  constexpr std::size_t text_size = 44;  // of 32 bytes: one sign of padding
  public_key_pins made;
  for (const auto& text : texts) {
    std::array<unsigned char, 33> decoded{};
    const bool good = text.size() == text_size && text.ends_with('=') && text[text_size - 2] != '=' &&
                      EVP_DecodeBlock(decoded.data(), bytes_of(text), text_size) == 33;
    if (!good)
      return error{errc::invalid_config, "pin_sha256 " + text.substr(0, text_size) +
                                             ": a pin is the base64 of a SHA-256 of a public key, 44 characters"};
    std::copy_n(decoded.begin(), 32, made.wanted_.emplace_back().begin());
  }
  return made;
}

bool public_key_pins::match(const STACK_OF(X509) * chain) const {
  for (int i = 0; i < sk_X509_num(chain); ++i)
    if (hash found; hash_of(sk_X509_value(chain, i), found) && std::ranges::find(wanted_, found) != wanted_.end())
      return true;
  return false;
}

bool public_key_pins::hash_of(const X509* certificate, hash& into) {
  unsigned char* written = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &written);
  if (size <= 0) return false;
  const int hashed = EVP_Digest(written, static_cast<std::size_t>(size), into.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(written);
  return hashed == 1;
}

}  // namespace cohedge::net
