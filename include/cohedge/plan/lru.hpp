#pragma once

#include <cohedge/core/units.hpp>
#include <cohedge/plan/time_math.hpp>

#include <cstddef>
#include <iterator>
#include <limits>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cohedge::plan {

/// A map from string to `V` that forgets the least recently used entry when it holds too many entries or bytes, and
/// every entry that has outlived its time. All operations are O(1) on average, except `clear`. Not thread-safe.
template <class V>
class lru {
 public:
  static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

  /// `ttl`: an entry is gone this long after it was put; nothing: it never is.
  explicit lru(std::size_t max_entries, std::size_t max_bytes = unbounded, std::optional<duration> ttl = {})
      : max_entries_{max_entries}, max_bytes_{max_bytes}, ttl_{ttl} {}

  lru(const lru&) = delete;
  lru& operator=(const lru&) = delete;

  /// The value, now the most recently used, or null. Valid until the next call that is not const.
  V* get(std::string_view key, time_point now) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    if (found->second->expires <= now) {
      drop(found->second);
      return nullptr;
    }
    order_.splice(order_.begin(), order_, found->second);
    return &found->second->value;
  }

  /// Stores or replaces. `value_bytes` is what the value weighs; the key's size is added. False where the bounds cannot
  /// hold it even alone: then nothing is stored, and an older value under the key is gone, for it is out of date.
  bool put(std::string_view key, V value, std::size_t value_bytes, time_point now) {
    erase(key);
    while (!order_.empty() && order_.back().expires <= now) drop(std::prev(order_.end()));
    if (max_entries_ == 0 || key.size() > max_bytes_ || value_bytes > max_bytes_ - key.size()) return false;
    const std::size_t weight = key.size() + value_bytes;
    while (order_.size() >= max_entries_ || bytes_ > max_bytes_ - weight) drop(std::prev(order_.end()));
    std::list<entry> fresh;  // so that running out of memory on the way leaves nothing half done
    fresh.push_front(entry{std::string{key}, std::move(value), weight, ttl_ ? after(now, *ttl_) : no_deadline});
    index_.emplace(fresh.front().key, fresh.begin());
    order_.splice(order_.begin(), fresh);
    bytes_ += weight;
    return true;
  }

  bool erase(std::string_view key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return false;
    drop(found->second);
    return true;
  }

  void clear() noexcept {
    index_.clear();
    order_.clear();
    bytes_ = 0;
  }

  /// Entries held, outlived ones included until something touches them.
  std::size_t size() const noexcept { return order_.size(); }
  /// Sum of keys and values as weighed by `put`.
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct entry {
    std::string key;
    V value;
    std::size_t bytes;
    time_point expires;
  };
  using place = typename std::list<entry>::iterator;

  void drop(place gone) {
    bytes_ -= gone->bytes;
    index_.erase(gone->key);
    order_.erase(gone);
  }

  std::size_t max_entries_;
  std::size_t max_bytes_;
  std::optional<duration> ttl_;
  std::size_t bytes_ = 0;
  std::list<entry> order_;                            // most recently used first
  std::unordered_map<std::string_view, place> index_;  // its keys are views of the entries'
};

}  // namespace cohedge::plan
