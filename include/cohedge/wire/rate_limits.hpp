#pragma once

#include <cohedge/core/rate_limits.hpp>
#include <cohedge/wire/header.hpp>

namespace cohedge::wire {

/// What the headers of an answer say about rate limits, in any of the providers' forms:
///  - x-ratelimit-{limit,remaining,reset} with -requests, -req or -tokens, and -minute, -day and the like (OpenAI, Azure,
///    Groq, Mistral, xAI, Cerebras); without either it counts requests (Together, OpenRouter, Replicate);
///  - anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset};
///  - RateLimit and RateLimit-Policy, as in IETF's draft-ietf-httpapi-ratelimit-headers.
/// A reset is a Go duration, seconds, or a point in time (Unix seconds or milliseconds, RFC 3339), which counts from the
/// answer's own Date and is not known without it. What is no number is passed over. `into` is one that says nothing yet.
/// False where they say nothing either.
bool read_rate_limits(const header_block& headers, rate_limits& into);

}  // namespace cohedge::wire
