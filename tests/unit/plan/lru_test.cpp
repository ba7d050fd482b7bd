#include "catch.hpp"

#include <cohedge/plan/lru.hpp>

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using cohedge::time_point;
using cohedge::plan::lru;

namespace {

constexpr time_point start = time_point{} + 100s;

template <class V>
bool holds(lru<V>& cache, std::string_view key, time_point now = start) {
  return cache.get(key, now) != nullptr;
}

}  // namespace

TEST_CASE("lru: what was put is got, and replaced by the next put", "[plan][lru]") {
  lru<std::string> cache{2};
  CHECK(cache.get("a", start) == nullptr);
  CHECK(cache.put("a", "one", 3, start));
  REQUIRE(holds(cache, "a"));
  CHECK(*cache.get("a", start) == "one");
  CHECK(cache.put("a", "three", 5, start));
  CHECK(*cache.get("a", start) == "three");
  CHECK(cache.size() == 1);
  CHECK(cache.bytes() == 6);
}

TEST_CASE("lru: the least recently used goes first, and getting is using", "[plan][lru]") {
  lru<int> cache{3};
  for (const auto* key : {"a", "b", "c"}) CHECK(cache.put(key, 1, 1, start));
  CHECK(holds(cache, "a"));
  CHECK(cache.put("d", 1, 1, start));
  CHECK_FALSE(holds(cache, "b"));
  CHECK(cache.put("c", 2, 1, start));  // putting is using as well
  CHECK(cache.put("e", 1, 1, start));
  CHECK_FALSE(holds(cache, "a"));
  CHECK(holds(cache, "c"));
  CHECK(holds(cache, "d"));
  CHECK(holds(cache, "e"));
}

TEST_CASE("lru: bytes are bounded, keys weighed too", "[plan][lru]") {
  lru<int> cache{100, 10};
  CHECK(cache.put("a", 1, 4, start));
  CHECK(cache.put("b", 2, 4, start));
  CHECK(cache.bytes() == 10);
  CHECK(cache.put("c", 3, 0, start));  // one byte more than there is room
  CHECK_FALSE(holds(cache, "a"));
  CHECK(holds(cache, "b"));
  CHECK(cache.bytes() == 6);
  CHECK(cache.put("d", 4, 9, start));  // as large as all
  CHECK(cache.size() == 1);
  CHECK(cache.bytes() == 10);
}

TEST_CASE("lru: what the bounds cannot hold is refused, and nothing else suffers", "[plan][lru]") {
  lru<int> cache{100, 10};
  CHECK(cache.put("a", 1, 4, start));
  CHECK_FALSE(cache.put("b", 2, 10, start));
  CHECK_FALSE(cache.put("b", 2, lru<int>::unbounded, start));
  CHECK_FALSE(cache.put(std::string(11, 'k'), 2, 0, start));
  CHECK(holds(cache, "a"));
  CHECK_FALSE(cache.put("a", 2, 10, start));
  CHECK_FALSE(holds(cache, "a"));  // its value was out of date
  CHECK(cache.bytes() == 0);

  lru<int> nothing{0};
  CHECK_FALSE(nothing.put("a", 1, 1, start));
  CHECK(nothing.size() == 0);
}

TEST_CASE("lru: entries outlive their time by nothing", "[plan][lru]") {
  lru<int> cache{10, lru<int>::unbounded, 5s};
  CHECK(cache.put("a", 1, 1, start));
  CHECK(holds(cache, "a", start + 5s - 1ns));  // getting does not prolong
  CHECK_FALSE(holds(cache, "a", start + 5s));
  CHECK(cache.size() == 0);
  CHECK(cache.bytes() == 0);

  CHECK(cache.put("b", 1, 1, start));
  CHECK(cache.put("b", 2, 1, start + 3s));  // putting anew does
  CHECK(holds(cache, "b", start + 7s));
}

TEST_CASE("lru: a put clears the outlived from the end", "[plan][lru]") {
  lru<int> cache{10, lru<int>::unbounded, 5s};
  for (const auto* key : {"a", "b", "c"}) CHECK(cache.put(key, 1, 1, start));
  CHECK(cache.size() == 3);
  CHECK(cache.put("d", 1, 1, start + 6s));
  CHECK(cache.size() == 1);
}

TEST_CASE("lru: without a ttl nothing expires, and a ttl of zero keeps nothing", "[plan][lru]") {
  lru<int> lasting{10};
  CHECK(lasting.put("a", 1, 1, start));
  CHECK(holds(lasting, "a", time_point::max() - 1ns));
  lru<int> fleeting{10, lru<int>::unbounded, 0s};
  CHECK(fleeting.put("a", 1, 1, start));
  CHECK_FALSE(holds(fleeting, "a"));
}

TEST_CASE("lru: erase and clear", "[plan][lru]") {
  lru<std::unique_ptr<int>> cache{10};
  CHECK(cache.put("a", std::make_unique<int>(1), 8, start));
  CHECK(cache.put("b", std::make_unique<int>(2), 8, start));
  CHECK(cache.erase("a"));
  CHECK_FALSE(cache.erase("a"));
  CHECK(cache.bytes() == 9);
  cache.clear();
  CHECK(cache.size() == 0);
  CHECK(cache.bytes() == 0);
  CHECK(cache.put("b", std::make_unique<int>(3), 8, start));
  CHECK(**cache.get("b", start) == 3);
}

TEST_CASE("lru: behaves as a plain list would, over 20,000 random steps", "[plan][lru][property]") {
  struct plain {
    std::string key;
    int value;
    std::size_t bytes;
  };
  std::uint64_t state = 7;
  const auto roll = [&state](std::uint64_t bound) {  // SplitMix64
    std::uint64_t x = state += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return (x ^ (x >> 31)) % bound;
  };
  lru<int> cache{8, 60};
  std::list<plain> model;  // most recent first
  const auto weight = [&model] {
    std::size_t sum = 0;
    for (const auto& entry : model) sum += entry.bytes;
    return sum;
  };
  for (int n = 0; n < 20'000; ++n) {
    INFO("step " << n);
    const std::string key(1 + roll(3), static_cast<char>('a' + roll(5)));
    const auto found = std::find_if(model.begin(), model.end(), [&](const plain& entry) { return entry.key == key; });
    switch (roll(4)) {
      case 0:
      case 1: {
        const auto* value = cache.get(key, start);
        REQUIRE((value != nullptr) == (found != model.end()));
        if (found == model.end()) break;
        REQUIRE(*value == found->value);
        model.splice(model.begin(), model, found);
        break;
      }
      case 2: {
        const std::size_t bytes = roll(20);
        REQUIRE(cache.put(key, n, bytes, start));
        if (found != model.end()) model.erase(found);
        model.push_front({key, n, bytes + key.size()});
        while (model.size() > 8 || weight() > 60) model.pop_back();
        break;
      }
      default:
        if (roll(4) != 0) break;
        REQUIRE(cache.erase(key) == (found != model.end()));
        if (found != model.end()) model.erase(found);
    }
    REQUIRE(cache.size() == model.size());
    REQUIRE(cache.bytes() == weight());
  }
}
