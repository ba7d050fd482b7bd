#include <cohedge/plan/split.hpp>

#include <bit>
#include <cmath>
#include <utility>

namespace cohedge::plan {

namespace {

constexpr std::uint64_t fnv_offset = 14695981039346656037ULL;
constexpr std::uint64_t fnv_prime = 1099511628211ULL;

std::uint64_t fnv1a(std::uint64_t hash, std::string_view bytes) noexcept {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * fnv_prime;
  return hash;
}

std::uint64_t finalise(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// The salt's length goes in first, so that ("ab", "c") and ("a", "bc") are different arms.
std::uint64_t arm_seed(std::string_view salt, std::string_view name) noexcept {
  std::uint64_t hash = fnv_offset;
  for (int shift = 0; shift < 64; shift += 8) {
    hash = (hash ^ ((static_cast<std::uint64_t>(salt.size()) >> shift) & 0xff)) * fnv_prime;
  }
  return finalise(fnv1a(fnv1a(hash, salt), name));
}

// -log2(hash / 2^64) in steps of 2^-32, by repeated squaring in integers: libraries' logarithms differ in the last
// digit between platforms, and a session must not.
std::uint64_t minus_log2(std::uint64_t hash) noexcept {
  hash |= 1;
  const int zeros = std::countl_zero(hash);
  std::uint64_t mantissa = (hash << zeros) >> 32;  // in [2^31, 2^32), stands for [1, 2)
  std::uint64_t fraction = 0;
  for (int n = 0; n < 32; ++n) {
    mantissa = (mantissa * mantissa) >> 31;
    const std::uint64_t digit = mantissa >> 32;  // no branch: it would be a coin toss each time
    mantissa >>= digit;
    fraction = fraction << 1 | digit;
  }
  return (static_cast<std::uint64_t>(zeros + 1) << 32) - fraction;
}

}  // namespace

std::uint64_t stable_hash(std::string_view bytes) noexcept { return finalise(fnv1a(fnv_offset, bytes)); }

split& split::arm(std::string name, double weight) {
  const double usable = std::isfinite(weight) && weight > 0 ? weight : 0;
  const std::uint64_t seed = arm_seed(salt_, name);
  arms_.push_back({std::move(name), usable, seed});
  return *this;
}

// Each arm draws an exponential variable with its weight as rate; the smallest wins with probability weight / sum
// (Efraimidis and Spirakis 2006; Mosharaf's weighted rendezvous hashing). The draws do not depend on other arms.
std::optional<std::size_t> split::pick(std::string_view session) const noexcept {
  const std::uint64_t key = stable_hash(session);
  std::optional<std::size_t> best;
  double lowest = 0;
  for (std::size_t i = 0; i < arms_.size(); ++i) {
    if (arms_[i].weight <= 0) continue;
    const double draw = static_cast<double>(minus_log2(finalise(key ^ arms_[i].seed))) / arms_[i].weight;
    if (best && draw >= lowest) continue;
    best = i;
    lowest = draw;
  }
  return best;
}

std::optional<std::size_t> split::pick(double random01) const noexcept {
  double sum = 0;
  for (const auto& arm : arms_) sum += arm.weight;
  double left = random01 > 0 ? random01 * sum : 0;
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < arms_.size(); ++i) {
    if (arms_[i].weight <= 0) continue;
    last = i;
    if (left < arms_[i].weight) return last;
    left -= arms_[i].weight;
  }
  return last;  // rounding, or a random01 of 1
}

}  // namespace cohedge::plan
