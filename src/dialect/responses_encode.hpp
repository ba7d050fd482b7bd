#pragma once

#include <cohedge/dialect/surface.hpp>

namespace cohedge::dialect {

/// POST {base}/responses. `store` is false unless `extra` or metadata say otherwise: the conversation is in the request,
/// the provider need not keep it, and OpenAI would for thirty days.
result<request_bytes> encode_response(const chat_request& request, std::string_view model, bool stream,
                                      const deviations& server);

/// POST {base}/responses/input_tokens: what the same request costs before anything is answered.
result<request_bytes> encode_response_count(const chat_request& request, std::string_view model,
                                            const deviations& server);

}  // namespace cohedge::dialect
