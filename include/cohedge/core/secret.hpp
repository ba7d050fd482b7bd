#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace cohedge {

/// A credential. Nothing prints it: streaming or formatting one does not compile. The memory is overwritten when it
/// dies, is assigned to or moved from. `expose()` is the only way to the text; whoever calls it must not keep a copy.
class secret {
 public:
  secret() noexcept = default;
  explicit secret(std::string_view text);
  secret(const secret& other);
  secret(secret&& other) noexcept;
  secret& operator=(const secret& other);
  secret& operator=(secret&& other) noexcept;
  ~secret();

  bool empty() const noexcept { return size_ == 0; }
  std::string_view expose() const noexcept { return {text_, size_}; }
  bool operator==(const secret& other) const noexcept { return expose() == other.expose(); }

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>&, const secret&) = delete;

 private:
  void wipe() noexcept;

  char* text_ = nullptr;
  std::size_t size_ = 0;
};

/// `text` with every occurrence of the secret replaced by `***`. Secrets under 8 characters are left alone: they
/// would tear holes into ordinary words.
std::string scrub(std::string text, const secret& known);

}  // namespace cohedge
