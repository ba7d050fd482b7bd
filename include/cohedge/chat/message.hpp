#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cohedge {

enum class role : std::uint8_t { system, developer, user, assistant, tool };

/// A piece of a message's content: text, or what a model can look at or listen to. Made by the named functions; setters
/// chain. Bytes are raw, not base64.
class part {
 public:
  enum class kind : std::uint8_t { text, image, audio, file };

  static part text(std::string said) { return {kind::text, std::move(said), {}}; }
  /// An image of this media type ("image/png").
  static part image(std::string bytes, std::string media_type) {
    return {kind::image, std::move(bytes), std::move(media_type)};
  }
  /// An image that the provider fetches itself.
  static part image_url(std::string url) { return part{kind::image, {}, {}}.url(std::move(url)); }
  /// Sound of this media type ("audio/wav", "audio/mpeg").
  static part audio(std::string bytes, std::string media_type) {
    return {kind::audio, std::move(bytes), std::move(media_type)};
  }
  /// A document of this media type ("application/pdf", "text/plain").
  static part file(std::string bytes, std::string media_type, std::string name = {}) {
    return part{kind::file, std::move(bytes), std::move(media_type)}.name(std::move(name));
  }
  static part file_url(std::string url, std::string media_type = {}) {
    return part{kind::file, {}, std::move(media_type)}.url(std::move(url));
  }
  /// A file that was uploaded to the provider before.
  static part file_id(std::string id) { return part{kind::file, {}, {}}.id(std::move(id)); }

  part& bytes(std::string raw) { return bytes_ = std::move(raw), *this; }
  part& url(std::string text) { return url_ = std::move(text), *this; }
  part& id(std::string text) { return id_ = std::move(text), *this; }
  part& name(std::string text) { return name_ = std::move(text), *this; }
  part& media_type(std::string text) { return media_type_ = std::move(text), *this; }
  /// How closely an image is looked at: OpenAI's low, high, auto.
  part& detail(std::string text) { return detail_ = std::move(text), *this; }
  /// The prompt up to and with this part is worth caching at the provider (Anthropic's cache_control, Bedrock's
  /// cachePoint).
  part& cache_here() { return cache_ = true, *this; }

  kind what() const noexcept { return kind_; }
  /// The text, or the bytes; empty where `url` or `id` names them.
  const std::string& bytes() const noexcept { return bytes_; }
  const std::string& media_type() const noexcept { return media_type_; }
  const std::string& url() const noexcept { return url_; }
  const std::string& id() const noexcept { return id_; }
  const std::string& name() const noexcept { return name_; }
  const std::string& detail() const noexcept { return detail_; }
  bool is_cached_here() const noexcept { return cache_; }

  bool operator==(const part&) const = default;

 private:
  part(kind what, std::string bytes, std::string media_type)
      : kind_{what}, bytes_{std::move(bytes)}, media_type_{std::move(media_type)} {}

  kind kind_;
  bool cache_ = false;
  std::string bytes_;
  std::string media_type_;
  std::string url_;
  std::string id_;
  std::string name_;
  std::string detail_;
};

/// A call of a tool that a model asked for. `arguments` is the JSON text as the model wrote it; `truncated` says that
/// it is not valid JSON, whatever the finish reason claims.
struct tool_call {
  std::string id;
  std::string name;
  std::string arguments;
  bool truncated = false;
  std::string signature{};  ///< opaque; goes back with the call (Gemini's thoughtSignature)

  bool operator==(const tool_call&) const = default;
};

/// A closed piece of a model's reasoning, as it must be given back with the next request, unchanged: Anthropic's
/// thinking blocks, OpenAI's reasoning items, Bedrock's reasoningContent.
struct reasoning_item {
  std::string id;
  std::string text;                ///< what the provider lets us read; may be empty
  std::string signature;           ///< the provider's proof that it is its own
  std::string encrypted;           ///< the reasoning itself, where we must not read it
  std::uint32_t calls_before = 0;  ///< how many of the turn's tool calls came before it

  bool operator==(const reasoning_item&) const = default;
};

/// One turn of a conversation. Its content is `text`, if there is any, and then the parts.
class message {
 public:
  message(cohedge::role who, std::string said) : role{who}, text{std::move(said)} {}

  message& add(part piece) { return parts.push_back(std::move(piece)), *this; }

  cohedge::role role;
  std::string text;
  std::vector<part> parts;
  std::vector<reasoning_item> reasoning;  ///< of an assistant's turn: as it came
  std::vector<tool_call> tool_calls;      ///< of an assistant's turn
  std::string refusal;                    ///< of an assistant's turn
  std::string tool_call_id;               ///< of a tool's answer: the call it answers
  std::string name;                       ///< who speaks, where several share a role
  bool failed = false;                    ///< of a tool's answer: the tool reports an error
  bool cache_here = false;                ///< the prompt up to and with this turn is worth caching

  bool operator==(const message&) const = default;
};

/// A tool that the model may call. `parameters` is a JSON schema as text.
class tool {
 public:
  tool(std::string called, std::string does, std::string json_schema)
      : name{std::move(called)}, description{std::move(does)}, parameters{std::move(json_schema)} {}

  std::string name;
  std::string description;
  std::string parameters;
  std::optional<bool> strict;  ///< arguments must follow the schema; nothing: the provider's own default
  bool cache_here = false;     ///< the tools up to and with this one are worth caching

  bool operator==(const tool&) const = default;
};

}  // namespace cohedge
