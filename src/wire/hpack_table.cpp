#include <cohedge/wire/hpack.hpp>

#include <cstring>

namespace cohedge::wire {

hpack_table::hpack_table()
    : text_{std::make_unique<char[]>(2 * usual_size)}, places_{std::make_unique<place[]>(most_fields)} {}

std::size_t hpack_table::find(std::string_view name, std::string_view value) const noexcept {
  std::size_t i = 0;
  for (; i < count_; ++i) {
    const auto& at = places_[(newest_ - i) % most_fields];
    if (at.name_size != name.size() || at.value_size != value.size()) continue;
    const auto each = (*this)[i];
    if (each.value == value && each.name == name) break;
  }
  return i;
}

void hpack_table::limit(std::size_t size) noexcept {
  limit_ = size < usual_size ? size : usual_size;
  evict_down_to(limit_);
}

void hpack_table::evict_down_to(std::size_t size) noexcept {
  while (size_ > size) {
    const auto& oldest = places_[(newest_ - count_ + 1) % most_fields];
    size_ -= per_field + oldest.name_size + oldest.value_size;
    --count_;
  }
}

void hpack_table::insert(std::string_view name, std::string_view value) noexcept {
  const auto length = name.size() + value.size();
  if (length + per_field > limit_) return evict_down_to(0);
  if (end_ + length > 2 * usual_size) {
    // Before anything is evicted: the name may be the oldest one's. What lives is no more than half of the buffer.
    const auto start = count_ == 0 ? end_ : oldest_start();
    const bool own = name.data() >= text_.get() + start && name.data() < text_.get() + end_;
    std::memmove(text_.get(), text_.get() + start, end_ - start);
    for (std::size_t i = 0; i < count_; ++i) {
      auto& each = places_[(newest_ - i) % most_fields];
      each.start = static_cast<std::uint16_t>(each.start - start);
    }
    end_ -= start;
    if (own) name = {name.data() - start, name.size()};
  }
  evict_down_to(limit_ - (length + per_field));
  char* const text = text_.get() + end_;
  name.copy(text, name.size());
  value.copy(text + name.size(), value.size());
  newest_ = (newest_ + 1) % most_fields;
  places_[newest_] = {static_cast<std::uint16_t>(end_), static_cast<std::uint16_t>(name.size()),
                      static_cast<std::uint16_t>(value.size())};
  end_ += length;
  size_ += length + per_field;
  ++count_;
}

}  // namespace cohedge::wire
