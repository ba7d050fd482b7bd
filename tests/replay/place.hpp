#pragma once

#include "replay/recording.hpp"

#include <cohedge/dialect/surface.hpp>

#include <cstdint>
#include <string>

namespace cohedge::tests {

/// What was asked for.
enum class purpose : std::uint8_t { chat, embeddings, models, count, check };

/// The protocols of the recordings: each has one independent reader.
enum class family : std::uint8_t {
  openai_chat,
  legacy_completions,
  openai_responses,
  anthropic,
  gemini,
  bedrock,
  cohere,
  ollama,
};

/// Where a recording belongs: who reads it independently, and which of our dialects is held to it.
struct place {
  family speaks = family::openai_chat;
  purpose asks = purpose::chat;
  std::string dialect;                     ///< name of the row in the table of our surfaces
  const dialect::surface* ours = nullptr;  ///< null: not built yet
  std::string why_not;                     ///< not meant for us, and why; empty otherwise
};

place place_of(const recording& exchange);

}  // namespace cohedge::tests
