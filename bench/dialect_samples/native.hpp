#pragma once

#include "streams.hpp"

namespace bench {

/// Gemini, Ollama and Cohere, in their own words.
void add_native_samples(int pieces, std::vector<stream_sample>& to);

}  // namespace bench
