// The fuzz targets as plain tests: every seed of the corpus, as it is and mutated in ways that follow from a number.

#include "target.hpp"

#include "catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>

using cohedge::fuzz::target;
using cohedge::fuzz::targets;

namespace {

const std::filesystem::path folder = std::filesystem::path{COHEDGE_SOURCE_DIR} / "tests/fuzz/corpus";

std::vector<std::string> seeds_of(const target& of) {
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator{folder / of.name}) paths.insert(entry.path());
  std::vector<std::string> seeds;
  for (const auto& path : paths) {
    CHECK(path.filename().string().size() < 40);  // a name that is a hash: libFuzzer was let loose in the source tree
    std::ifstream file{path, std::ios::binary};
    seeds.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  return seeds;
}

const std::string& any_of(const std::vector<std::string>& seeds, std::mt19937_64& random) {
  return seeds[random() % seeds.size()];
}

// A byte that means something here: one of a seed's.
char byte_of(const std::vector<std::string>& seeds, std::mt19937_64& random) {
  const auto& seed = any_of(seeds, random);
  return seed.empty() ? '\0' : seed[random() % seed.size()];
}

std::string mutated(const std::vector<std::string>& seeds, std::mt19937_64& random) {
  std::string text = any_of(seeds, random);
  for (auto rounds = random() % 5; rounds > 0 && !text.empty(); --rounds) {
    const auto at = random() % text.size();
    const auto size = 1 + random() % 16;
    switch (random() % 6) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text[at] = byte_of(seeds, random); break;
      case 2: text.insert(at, 1, byte_of(seeds, random)); break;
      case 3: text.erase(at, size); break;
      case 4: text.insert(random() % text.size(), text.substr(at, size)); break;
      default: {
        const auto& other = any_of(seeds, random);
        text = text.substr(0, at) + other.substr(random() % (other.size() + 1));
      }
    }
  }
  return text;
}

}  // namespace

// A target whose code is wrong about an input aborts: Catch2 then shows which one and the input.
TEST_CASE("fuzz replay: every seed of every target", "[fuzz]") {
  std::set<std::string> with_seeds, known;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) with_seeds.insert(entry.path().filename());
  for (const target& each : targets()) known.emplace(each.name);
  CHECK(with_seeds == known);
  for (const target& each : targets()) {
    const auto seeds = seeds_of(each);
    CHECK(seeds.size() >= 3);
    for (const auto& seed : seeds) {
      INFO(each.name << ", given\n" << seed);
      each.run(seed);
    }
    each.run({});
  }
}

TEST_CASE("fuzz replay: mutated seeds of every target", "[fuzz]") {
  for (const target& each : targets()) {
    const auto seeds = seeds_of(each);
    REQUIRE_FALSE(seeds.empty());
    std::mt19937_64 random{20251};
    for (int i = 0; i < 1000; ++i) {
      const auto text = mutated(seeds, random);
      INFO(each.name << ", given\n" << text);
      each.run(text);
    }
  }
}
