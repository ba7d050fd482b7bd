#pragma once

#include <cohedge/testing/behaviour.hpp>

#include <string>
#include <string_view>

namespace cohedge::testing {

/// `{"error":{"message":…,"type":…,"param":null,"code":…}}`, OpenAI's shape.
std::string openai_error(std::string_view type, std::string_view code, std::string_view message);
/// What OpenAI would say with this status.
std::string openai_error_for(int status);
/// Google's quota error with its RetryInfo.
std::string google_retry_info(duration wait);

/// "3" or "2.5".
std::string decimal_seconds(duration wait);

/// Adds the lines that report an error inside a stream; `with_content` is a chunk without its closing brace.
void add_stream_error(scripted_response& out, stream_error shape, std::string_view open_chunk);

}  // namespace cohedge::testing
