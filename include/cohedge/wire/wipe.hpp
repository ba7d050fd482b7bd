#pragma once

#include <cohedge/wire/header.hpp>

#include <string.h>  // explicit_bzero

namespace cohedge::wire {

/// Overwrites what held a credential or a key: a text, an array of bytes.
template <class Bytes>
void wipe(Bytes& bytes) noexcept {
  explicit_bzero(bytes.data(), bytes.size());
}

/// The same for the values of header fields.
inline void wipe(header_block& fields) noexcept {
  for (const auto field : fields) explicit_bzero(const_cast<char*>(field.value.data()), field.value.size());
}

}  // namespace cohedge::wire
