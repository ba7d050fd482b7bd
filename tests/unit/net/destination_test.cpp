// Whatever decides whom a connection talks to, or as whom, keeps two destinations apart. Wrong reuse is the commonest
// security fault of HTTP clients, so this goes through the members themselves instead of a list of them.

#include "loopback.hpp"

#include <cohedge/testing/scripted_network.hpp>

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cohedge::tests {
namespace {

using net::destination;

/// The size of a class that has these members in this order, and no others.
template <class... Members>
constexpr std::size_t size_of_members(std::tuple<const Members&...>*) {
  std::size_t end = 0;
  const auto place = [&](std::size_t size, std::size_t alignment) {
    end = (end + alignment - 1) / alignment * alignment + size;
  };
  (place(sizeof(Members), alignof(Members)), ...);
  place(0, std::max({alignof(Members)...}));
  return end;
}

template <class Value>
constexpr bool identity_is_complete() {
  using members = decltype(std::declval<const Value&>().identity());
  return size_of_members(static_cast<members*>(nullptr)) == sizeof(Value);
}

// A new member that `identity` leaves out changes the size. Comparison takes all members in any case.
static_assert(identity_is_complete<net::tls_options>());
static_assert(identity_is_complete<net::proxy>());
static_assert(identity_is_complete<destination>());

template <class Value>
concept has_identity = requires(const Value& value) { value.identity(); };

/// Appends for every innermost member whether the two have the same.
template <class Value>
void compare(const Value& one, const Value& other, std::vector<bool>& same);

template <class... Members>
void compare(const std::tuple<const Members&...>& one, const std::tuple<const Members&...>& other, std::vector<bool>& same) {
  const auto each = [&]<std::size_t... I>(std::index_sequence<I...>) {
    (compare(std::get<I>(one), std::get<I>(other), same), ...);
  };
  each(std::index_sequence_for<Members...>{});
}

template <class Value>
void compare(const std::optional<Value>& one, const std::optional<Value>& other, std::vector<bool>& same) {
  same.push_back(one.has_value() == other.has_value());
  if (one && other)
    compare(*one, *other, same);
  else
    compare(one ? *one : other ? *other : Value{{}, 0}, one ? *one : other ? *other : Value{{}, 0}, same);
}

template <class Value>
void compare(const Value& one, const Value& other, std::vector<bool>& same) {
  if constexpr (has_identity<Value>)
    compare(one.identity(), other.identity(), same);
  else
    same.push_back(one == other);
}

std::vector<bool> compare(const destination& one, const destination& other) {
  std::vector<bool> same;
  compare(one.identity(), other.identity(), same);
  return same;
}

net::tls_options tls() { return net::tls_options{}.extra_ca_file("ca").client_certificate("chain", "key").pin_sha256("pin"); }

net::proxy proxy(std::string host, std::uint16_t port, std::string_view credentials) {
  net::proxy made{std::move(host), port};
  made.credentials(secret{credentials});
  return made;
}

destination base() {
  destination made{net::origin{true, "a", 1}};
  made.tls(tls()).version(net::http_version::http1).via(proxy("p", 2, "me:x"));
  return made;
}

destination at(bool secure, std::string host, std::uint16_t port) {
  destination made{net::origin{secure, std::move(host), port}};
  made.tls(base().tls()).version(base().version()).via(*base().via());
  return made;
}

destination direct() {
  destination made{base().to()};
  made.tls(base().tls()).version(base().version());
  return made;
}

/// Each like `base` but for one member.
std::vector<destination> others() {
  using options = net::tls_options;
  std::vector<destination> all{at(false, "a", 1), at(true, "b", 1), at(true, "a", 2), direct()};
  all.push_back(base().tls(options{}.extra_ca_file("x").client_certificate("chain", "key").pin_sha256("pin")));
  all.push_back(base().tls(options{}.extra_ca_file("ca").client_certificate("x", "key").pin_sha256("pin")));
  all.push_back(base().tls(options{}.extra_ca_file("ca").client_certificate("chain", "x").pin_sha256("pin")));
  all.push_back(base().tls(tls().pin_sha256("another")));
  all.push_back(base().version(net::http_version::negotiated));
  all.push_back(base().via(proxy("x", 2, "me:x")));
  all.push_back(base().via(proxy("p", 3, "me:x")));
  all.push_back(base().via(proxy("p", 2, "me:y")));
  all.push_back(base().unix_socket("/x"));
  return all;
}

TEST_CASE("for every member there is a destination that differs in it alone", "[net]") {
  const auto members = compare(base(), base());
  CHECK(std::ranges::count(members, false) == 0);
  std::vector<bool> covered(members.size(), false);
  for (const auto& other : others()) {
    const auto same = compare(base(), other);
    REQUIRE(same.size() == members.size());
    CHECK(std::ranges::count(same, false) == 1);
    covered[static_cast<std::size_t>(std::ranges::find(same, false) - same.begin())] = true;
  }
  CHECK(std::ranges::count(covered, false) == 0);
}

TEST_CASE("destinations that differ in anything share no connection", "[net]") {
  for (const auto& other : others()) {
    loop on;
    testing::scripted_network network;
    network.on_request([](const testing::recorded_request&) { return testing::scripted_response{200, "hello"}; });
    net::transport transport{on.executor(), network.connector(), {}};
    noting_watch watch;
    CHECK_FALSE(base() == other);
    CHECK(transport.pool(base()) != transport.pool(other));
    CHECK(transport.pool(base()) == transport.pool(base()));
    auto ask = [&]() -> task<void> {
      for (const auto& to : {base(), other, base(), other}) {
        const auto body = co_await fetch(transport, to, watch);
        CHECK(body.value() == "hello");
      }
      transport.close();
      co_return success();
    };
    const auto asking = on.start(ask());
    on.run();
    CHECK(asking->outcome->has_value());
    const bool kept = other.to().secure || !other.via();  // a proxy that reads the requests gets a connection for each
    CHECK(network.opened() == (kept ? 2 : 3));
  }
}

}  // namespace
}  // namespace cohedge::tests
