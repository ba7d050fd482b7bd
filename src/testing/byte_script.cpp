#include <cohedge/testing/byte_script.hpp>

#include "splitmix.hpp"

#include <algorithm>

namespace cohedge::testing {

byte_script& byte_script::send(std::string bytes) {
  if (bytes.empty()) return *this;
  parts_.push_back({std::exchange(pending_wait_, duration{}), std::move(bytes)});
  return *this;
}

std::size_t byte_script::size() const noexcept {
  std::size_t sum = 0;
  for (const auto& each : parts_) sum += each.bytes.size();
  return sum;
}

std::string byte_script::text() const {
  std::string all;
  all.reserve(size());
  for (const auto& each : parts_) all += each.bytes;
  return all;
}

byte_script& byte_script::cut(std::size_t body_bytes, script_end how) {
  return cut_message(head_size_ + body_bytes, how);
}

byte_script& byte_script::cut_message(std::size_t bytes, script_end how) {
  auto left = bytes;
  auto rest = parts_.begin();
  for (; rest != parts_.end() && left > 0; ++rest) {
    if (rest->bytes.size() > left) rest->bytes.resize(left);
    left -= rest->bytes.size();
  }
  // Bytes that are never sent take no time, but a cut at the very beginning still comes after the answer's latency.
  const auto latency = bytes == 0 && rest != parts_.end() ? rest->wait : duration{};
  if (rest != parts_.end()) pending_wait_ = latency;
  parts_.erase(rest, parts_.end());
  end_ = how;
  return *this;
}

namespace {

template <class NextSize>
std::vector<byte_script::part> split(std::vector<byte_script::part> whole, duration every, NextSize next_size) {
  std::vector<byte_script::part> pieces;
  for (auto& from : whole) {
    auto wait = from.wait;
    for (std::size_t at = 0; at < from.bytes.size();) {
      const auto size = std::max<std::size_t>(1, next_size());
      pieces.push_back({wait, from.bytes.substr(at, size)});
      at += pieces.back().bytes.size();
      wait = every;
    }
  }
  return pieces;
}

}  // namespace

byte_script& byte_script::in_pieces(std::size_t size, duration every) {
  parts_ = split(std::move(parts_), every, [size] { return size; });
  return *this;
}

byte_script& byte_script::in_random_pieces(std::uint64_t seed, std::size_t most) {
  splitmix random{seed};
  parts_ = split(std::move(parts_), duration{}, [&] { return 1 + random.below(std::max<std::size_t>(1, most)); });
  return *this;
}

}  // namespace cohedge::testing
