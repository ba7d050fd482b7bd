#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/wire/header.hpp>

#include <string_view>

namespace cohedge::dialect {

/// What an answer with an error status means: errc::http_status with the class of the decision table (docs/errors.md),
/// the provider's message and code from any of the twelve recorded body shapes, retry_after, and the request id.
/// Never fails: a body that is not understood gives the class of its status.
error classify_http(int status, const wire::header_block& headers, std::string_view body);

/// The same for an error reported inside a 200 answer or stream: errc::provider_error. `json` is the body or the event
/// that carries it. An integer code in it counts as the HTTP status; without any other hint the class is pre_content.
/// The caller turns the class into truncated when content has been handed out. `code`: what the framing calls it.
error classify_body(std::string_view json, std::string_view code = {});

/// The id that the provider gave the request, for its support: at most 128 bytes of a header that is known to carry
/// one, or empty. A view of the block.
std::string_view request_id_of(const wire::header_block& headers) noexcept;

}  // namespace cohedge::dialect
