#include "../../../src/net/tls_session_store.hpp"
#include "catch.hpp"

#include <string>

namespace cohedge::tests {
namespace {

net::session_pointer session(int version, unsigned char id) {
  net::session_pointer made{SSL_SESSION_new()};
  SSL_SESSION_set_protocol_version(made.get(), version);
  SSL_SESSION_set1_id(made.get(), &id, 1);
  return made;
}
net::session_pointer tls13(unsigned char id) { return session(TLS1_3_VERSION, id); }
net::session_pointer tls12(unsigned char id) { return session(TLS1_2_VERSION, id); }

/// 0: there was none.
int taken(net::tls_session_store& from, std::string_view peer) {
  const auto session = from.take(peer);
  unsigned int size = 0;
  return session ? *SSL_SESSION_get_id(session.get(), &size) : 0;
}

TEST_CASE("a session of TLS 1.3 is given out once, the newest first", "[net][tls]") {
  net::tls_session_store store{4};
  CHECK(taken(store, "a") == 0);
  store.put("a", tls13(1));
  store.put("a", tls13(2));
  CHECK(taken(store, "b") == 0);
  CHECK(taken(store, "a") == 2);
  CHECK(taken(store, "a") == 1);
  CHECK(taken(store, "a") == 0);
  CHECK(store.peers() == 0);
}

TEST_CASE("a session of TLS 1.2 stays until there is a newer one", "[net][tls]") {
  net::tls_session_store store{4};
  store.put("a", tls12(1));
  CHECK(taken(store, "a") == 1);
  CHECK(taken(store, "a") == 1);
  store.put("a", tls12(2));
  CHECK(taken(store, "a") == 2);
  store.put("a", tls13(3));
  CHECK(taken(store, "a") == 3);
  CHECK(taken(store, "a") == 2);
  CHECK(taken(store, "a") == 2);
}

TEST_CASE("a session that cannot be resumed is not given out", "[net][tls]") {
  net::tls_session_store store{4};
  net::session_pointer without_id{SSL_SESSION_new()};
  store.put("a", tls13(1));
  store.put("a", std::move(without_id));
  CHECK(taken(store, "a") == 0);  // of an unknown version: it took the place of the other one
  CHECK(store.peers() == 0);
}

TEST_CASE("the sessions of so many peers are kept, and so many of each", "[net][tls]") {
  net::tls_session_store store{2};
  store.put("a", tls13(1));
  store.put("b", tls13(2));
  store.put("a", tls13(3));
  store.put("c", tls13(4));  // b was used longest ago
  CHECK(store.peers() == 2);
  CHECK(taken(store, "b") == 0);
  CHECK(taken(store, "a") == 3);
  for (unsigned char i = 1; i <= 20; ++i) store.put("a", tls13(i));
  for (int i = 20; i > 20 - static_cast<int>(net::tls_session_store::most_of_one); --i) CHECK(taken(store, "a") == i);
  CHECK(taken(store, "a") == 0);
}

TEST_CASE("sessions are forgotten on demand, and where none is to be kept", "[net][tls]") {
  net::tls_session_store store{2};
  store.put("a", tls12(1));
  store.put("b", tls12(2));
  store.forget("a");
  CHECK(taken(store, "a") == 0);
  CHECK(taken(store, "b") == 2);
  net::tls_session_store none{0};
  none.put("a", tls12(1));
  CHECK(taken(none, "a") == 0);
}

}  // namespace
}  // namespace cohedge::tests
