#pragma once

#include <cohedge/dialect/surface.hpp>

#include <cstdint>
#include <string_view>

namespace cohedge::dialect {

/// GET {base}/v1/models, a thousand at once; `page` is the id of the last model seen.
request_bytes encode_claude_models(std::string_view page);
result<model_list> decode_claude_models(std::string_view body);

/// What POST {base}/v1/messages/count_tokens answers.
result<std::uint64_t> decode_message_count(std::string_view body);

}  // namespace cohedge::dialect
