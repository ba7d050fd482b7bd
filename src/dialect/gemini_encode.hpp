#pragma once

#include <cohedge/dialect/surface.hpp>

namespace cohedge::dialect {

/// Which of the two Google APIs it is; they share the protocol, but not all of the names around it.
enum class google_api : std::uint8_t { gemini, vertex };

/// "/models/gemini-2.5-flash:generateContent": the model may also be named "models/…", "publishers/google/models/…" or
/// "tunedModels/…".
std::string gemini_target(std::string_view model, std::string_view method);
/// The last part of the model's name, as it stands in the path.
std::string gemini_resource(std::string_view model);

/// The body of generateContent. Errors as `surface::encode`.
result<request_bytes> encode_gemini(const chat_request& request, std::string_view model, bool stream);
/// The request that counts the tokens of that body.
result<request_bytes> encode_gemini_count(const chat_request& request, std::string_view model, google_api api);

}  // namespace cohedge::dialect
