#pragma once

#include <cohedge/dialect/surface.hpp>

namespace cohedge::dialect {

/// POST {base}/chat/completions.
result<request_bytes> encode_chat(const chat_request& request, std::string_view model, bool stream,
                                  const deviations& server);

}  // namespace cohedge::dialect
