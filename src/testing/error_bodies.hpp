#pragma once

#include <cohedge/testing/behaviour.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::testing {

/// `{"error":{"message":…,"type":…,"param":null,"code":…}}`, OpenAI's shape.
std::string openai_error(std::string_view type, std::string_view code, std::string_view message);
/// What OpenAI, Anthropic and Google would say with this status.
std::string openai_error_for(int status);
std::string anthropic_error_for(int status);
std::string google_error_for(int status);
/// What Bedrock would say: the kind of the error is in a header.
scripted_response aws_refusal(int status);
/// Google's quota error with its RetryInfo.
std::string google_retry_info(duration wait);

/// "3" or "2.5".
std::string decimal_seconds(duration wait);

/// A message of Bedrock's streams; every header is a text.
void add_eventstream(scripted_response& out, std::vector<std::pair<std::string_view, std::string_view>> headers,
                     std::string_view payload);
/// The message that says so where Bedrock breaks off.
void add_aws_exception(scripted_response& out);

/// Adds what reports an error inside a stream in another way than the API's own; `open_chunk` is a chunk with content,
/// without its closing brace.
void add_stream_error(scripted_response& out, stream_error shape, std::string_view open_chunk);

}  // namespace cohedge::testing
