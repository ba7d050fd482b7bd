#pragma once

#include <cohedge/core/error.hpp>

#include <optional>
#include <string_view>

namespace cohedge::dialect {

/// The class that a provider's own word for an error stands for, or nothing for a word that says too little
/// (`invalid_request_error`). Compared without regard to case.
std::optional<error_class> class_of_code(std::string_view code);

/// The class that a phrase in a provider's message stands for. `status` bounds what is looked for: a phrase about keys
/// means nothing in a 500.
std::optional<error_class> class_of_phrase(int status, std::string_view message);

/// The class of a status by itself; 0 is none and gives pre_content.
error_class class_of_status(int status) noexcept;

}  // namespace cohedge::dialect
