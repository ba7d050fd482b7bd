#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cohedge {

/// Appends `bytes` in base64 with padding (RFC 4648 §4).
void append_base64(std::string& out, std::string_view bytes);
/// The bytes of a base64 text, with or without padding; nothing where it is none.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace cohedge
