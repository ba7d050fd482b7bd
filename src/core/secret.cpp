#include <cohedge/core/secret.hpp>

#include <cstring>
#include <utility>

#include <string.h>  // explicit_bzero

namespace cohedge {

secret::secret(std::string_view text) : text_{text.empty() ? nullptr : new char[text.size()]}, size_{text.size()} {
  if (text_) std::memcpy(text_, text.data(), size_);
}

secret::secret(const secret& other) : secret{other.expose()} {}

secret::secret(secret&& other) noexcept
    : text_{std::exchange(other.text_, nullptr)}, size_{std::exchange(other.size_, 0)} {}

secret& secret::operator=(const secret& other) { return *this = secret{other}; }

secret& secret::operator=(secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  text_ = std::exchange(other.text_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

secret::~secret() { wipe(); }

void secret::wipe() noexcept {
  if (!text_) return;
  explicit_bzero(text_, size_);
  delete[] text_;
  text_ = nullptr;
  size_ = 0;
}

std::string scrub(std::string text, const secret& known) {
  const auto key = known.expose();
  if (key.size() < 8) return text;
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 3)) text.replace(at, key.size(), "***");
  return text;
}

}  // namespace cohedge
