#pragma once

#include <cohedge/chat/completion.hpp>
#include <cohedge/core/result.hpp>

#include <string_view>

#include "answer_reader.hpp"

namespace cohedge::dialect {

/// A whole answer's body, which 64 readable bytes must follow, as this reader reads it.
/// Errors: what the body reports, malformed_answer, empty_answer, limit_exceeded.
result<completion> decode_whole(answer_reader& reader, std::string_view padded_body);

/// The error for what a reader could not accept; not for verdicts `answer` and `neutral`.
error reader_error(const answer_reader& reader, answer_reader::verdict why, const frame& document);
/// The error that a finish reason stands for (content filter before any content, "error"), or errc::none.
error finish_error(finish_reason why, std::string_view provider_word, bool content_seen);

}  // namespace cohedge::dialect
