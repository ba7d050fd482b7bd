// Beyond the authority: client certificates and pinned keys.

#include "secure_world.hpp"

#include <openssl/pem.h>

#include <array>

namespace cohedge::tests {
namespace {

TEST_CASE("a client shows its certificate to a server that asks", "[net][tls]") {
  secure_world world;
  const auto mine = world.authority.issue({"client"});
  const temporary_file chain{mine.cert_pem}, key{mine.key_pem};
  net::tls_server_options demanding;
  demanding.client_authority(world.authority.ca_pem());
  const auto as = world.identity(demanding);
  const auto opener = net::make_tcp_connector(world.on.executor());
  auto with = world.to(), without = world.to();
  with.tls(world.tls().client_certificate(chain.path(), key.path()));
  const auto first = world.connect(*opener, with, *as);
  REQUIRE(first);
  CHECK_FALSE(first.value());
  const auto second = world.connect(*opener, with, *as);
  INFO((second ? std::string{} : second.error().message()));
  REQUIRE(second);
  CHECK(second.value());
  // What one client is allowed does not pass to another one; TLS 1.3 tells after the handshake.
  const auto refused = world.connect(*opener, without, *as).error();
  CHECK(refused.code() == errc::tls_failed);
  CHECK(refused.detail().find("certificate") != std::string_view::npos);
}

TEST_CASE("a client certificate that cannot be used is an error of the configuration", "[net][tls]") {
  loop on;
  testing::certificate_authority authority;
  const auto mine = authority.issue({"client"}), other = authority.issue({"other"});
  const temporary_file chain{mine.cert_pem}, key{mine.key_pem}, other_key{other.key_pem}, nonsense{"no PEM"};
  const std::string missing = "/nonexistent/client.pem";

  struct row {
    std::string chain, key, named;
  };
  const std::vector<row> rows{{chain.path(), other_key.path(), other_key.path()},
                              {missing, key.path(), missing},
                              {chain.path(), missing, missing},
                              {chain.path(), nonsense.path(), nonsense.path()},
                              {nonsense.path(), key.path(), nonsense.path()}};
  const auto& wrong = rows[GENERATE(as<std::size_t>{}, 0, 1, 2, 3, 4)];
  net::destination to{net::origin{true, "localhost", 1}};
  to.tls(net::tls_options{}.client_certificate(wrong.chain, wrong.key));
  const auto opener = net::make_tcp_connector(on.executor());
  const auto connecting = on.start(opener->connect(to));
  on.run();
  CHECK(connecting->outcome->error().code() == errc::invalid_config);
  CHECK(connecting->outcome->error().detail().find(wrong.named) != std::string_view::npos);
}

TEST_CASE("an encrypted client key is refused instead of asked for on the terminal", "[net][tls]") {
  loop on;
  testing::certificate_authority authority;
  const auto mine = authority.issue({"client"});
  const net::bio_pointer plain{BIO_new_mem_buf(mine.key_pem.data(), static_cast<int>(mine.key_pem.size()))};
  const net::key_pointer key{PEM_read_bio_PrivateKey(plain.get(), nullptr, nullptr, nullptr)};
  const net::bio_pointer encrypted{BIO_new(BIO_s_mem())};
  unsigned char passphrase[] = "open sesame";
  REQUIRE(PEM_write_bio_PrivateKey(encrypted.get(), key.get(), EVP_aes_128_cbc(), passphrase, sizeof passphrase - 1,
                                   nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(encrypted.get(), &text);
  const temporary_file chain{mine.cert_pem}, locked{{text, static_cast<std::size_t>(size)}};
  net::destination to{net::origin{true, "localhost", 1}};
  to.tls(net::tls_options{}.client_certificate(chain.path(), locked.path()));
  const auto opener = net::make_tcp_connector(on.executor());
  const auto connecting = on.start(opener->connect(to));
  on.run();
  CHECK(connecting->outcome->error().code() == errc::invalid_config);
  CHECK(connecting->outcome->error().detail().find(locked.path()) != std::string_view::npos);
}

/// As `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64` makes it.
std::string pin_of(const std::string& cert_pem) {
  const net::bio_pointer memory{BIO_new_mem_buf(cert_pem.data(), static_cast<int>(cert_pem.size()))};
  const net::certificate_pointer cert{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(X509_get0_pubkey(cert.get()), &der);
  std::array<unsigned char, 32> hash{};
  EVP_Digest(der, static_cast<std::size_t>(size), hash.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  std::string text(45, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), hash.data(), 32);
  text.resize(44);
  return text;
}

TEST_CASE("a pinned key must be in the chain", "[net][tls]") {
  secure_world world;
  const auto as = world.identity();
  const auto own = pin_of(world.shown.cert_pem), authority = pin_of(world.authority.ca_pem());
  const auto other = pin_of(world.authority.issue({"localhost"}).cert_pem);
  const auto opener = net::make_tcp_connector(world.on.executor());
  const auto connect = [&](const net::tls_options& how) {
    auto to = world.to();
    to.tls(how);
    return world.connect(*opener, to, *as);
  };
  SECTION("the server's") { CHECK(connect(world.tls().pin_sha256(own))); }
  SECTION("the authority's") { CHECK(connect(world.tls().pin_sha256(authority))); }
  SECTION("one of several") { CHECK(connect(world.tls().pin_sha256(other).pin_sha256(own))); }
  SECTION("also where the session is resumed") {
    CHECK_FALSE(connect(world.tls().pin_sha256(own)).value());
    CHECK(connect(world.tls().pin_sha256(own)).value());
  }
  SECTION("or the connection does not come about, whatever was trusted before") {
    CHECK(connect(world.tls()));
    const auto refused = connect(world.tls().pin_sha256(other)).error();
    CHECK(refused.code() == errc::tls_pin_mismatch);
    CHECK(refused.kind() == error_class::connect);
    CHECK(refused.detail().find("pin_sha256") != std::string_view::npos);
  }
  SECTION("and the chain must be good nonetheless") {
    CHECK(connect(net::tls_options{}.pin_sha256(own)).error().code() == errc::tls_untrusted);
  }
}

TEST_CASE("a pin that is none is an error of the configuration", "[net][tls]") {
  loop on;
  const auto wrong = GENERATE(as<std::string>{}, "", "abc", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                              "AAAA!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  net::destination to{net::origin{true, "localhost", 1}};
  to.tls(net::tls_options{}.pin_sha256(wrong));
  const auto opener = net::make_tcp_connector(on.executor());
  const auto connecting = on.start(opener->connect(to));
  on.run();
  CHECK(connecting->outcome->error().code() == errc::invalid_config);
}

}  // namespace
}  // namespace cohedge::tests
