// Text, pictures and documents as Anthropic's content blocks.

#include "anthropic_encode.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;

/// What `data:image/png;base64,…` holds.
struct data_url {
  std::string_view media_type;
  std::string_view base64;  // null where it is no such URL
};

data_url read_data_url(std::string_view url) noexcept {
  constexpr std::string_view scheme{"data:"}, coding{";base64,"};
  const auto comma = url.find(coding);
  if (!url.starts_with(scheme) || comma == std::string_view::npos) return {};
  return {url.substr(scheme.size(), comma - scheme.size()), url.substr(comma + coding.size())};
}

// Anthropic reads PDF, and text as it stands.
bool is_text(std::string_view media_type) noexcept {
  return media_type.starts_with("text/") || media_type.starts_with("application/json");
}

void write_source(const part& piece, json_writer& json) {
  json.key("source").begin_object();
  const auto inside = read_data_url(piece.url());
  if (!piece.id().empty()) {
    json.member("type", "file").member("file_id", piece.id());
  } else if (inside.base64.data()) {
    json.member("type", "base64").member("media_type", inside.media_type).member("data", inside.base64);
  } else if (!piece.url().empty()) {
    json.member("type", "url").member("url", piece.url());
  } else if (piece.what() == part::kind::file && is_text(piece.media_type())) {
    json.member("type", "text").member("media_type", "text/plain").member("data", piece.bytes());
  } else {
    json.member("type", "base64").member("media_type", piece.media_type()).key("data");
    write_base64(json, piece.bytes());
  }
  json.end_object();
}

}  // namespace

void write_cache_control(bool cache, json_writer& json) {
  if (cache) json.key("cache_control").begin_object().member("type", "ephemeral").end_object();
}

void write_text_block(std::string_view text, bool cache, json_writer& json) {
  json.begin_object().member("type", "text").member("text", text);
  write_cache_control(cache, json);
  json.end_object();
}

bool is_expressible(const part& piece) noexcept {
  switch (piece.what()) {
    case part::kind::text:
    case part::kind::image: return true;
    case part::kind::audio: return false;
    case part::kind::file: break;
  }
  const bool elsewhere = !piece.url().empty() || !piece.id().empty();
  return elsewhere || piece.media_type().starts_with("application/pdf") || is_text(piece.media_type());
}

void write_part(const part& piece, bool cache, json_writer& json) {
  if (piece.what() == part::kind::text) return write_text_block(piece.bytes(), cache, json);
  const bool image = piece.what() == part::kind::image;
  json.begin_object().member("type", image ? "image" : "document");
  write_source(piece, json);
  if (!image && !piece.name().empty()) json.member("title", piece.name());
  write_cache_control(cache, json);
  json.end_object();
}

}  // namespace cohedge::dialect
