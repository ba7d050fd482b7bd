#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

/// A fuzz target takes any bytes and aborts where the code under test is wrong about them. Each x_fuzz.cpp defines one
/// target, named x, whose seeds are the files of corpus/x; a new file is picked up by itself. `./dev fuzz` runs them
/// under libFuzzer, and the unit tests replay the seeds, as they are and mutated.
namespace cohedge::fuzz {

struct target {
  std::string_view name;
  void (*run)(std::string_view bytes);
};

/// All targets that are linked into this program, by name.
inline std::vector<target>& targets() {
  static std::vector<target> all;
  return all;
}

/// `const registered here{"x", &run};` at namespace scope makes a target known.
struct registered {
  registered(std::string_view name, void (*run)(std::string_view)) {
    auto& all = targets();
    const auto place = std::find_if(all.begin(), all.end(), [name](const target& each) { return each.name > name; });
    all.insert(place, {name, run});
  }
};

/// What the code under test promises.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Choices read from the front of an input, for targets that build something from it. Zeros once it is used up.
class choices {
 public:
  explicit choices(std::string_view bytes) noexcept : left_{bytes} {}

  bool empty() const noexcept { return left_.empty(); }
  std::size_t below(std::size_t bound) noexcept { return byte() % bound; }
  std::uint8_t byte() noexcept {
    const auto one = bytes(1);
    return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one[0]);
  }
  std::string_view bytes(std::size_t most) noexcept {
    const auto taken = left_.substr(0, most);
    left_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() noexcept { return bytes(left_.size()); }

 private:
  std::string_view left_;
};

}  // namespace cohedge::fuzz
