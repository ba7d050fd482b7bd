#include "openai_reader.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

struct source {
  std::string_view where;
  std::string_view title;
};

// `url` and `title`, or for an uploaded file `file_id` and `filename`; chat completions wrap them in `url_citation`.
bool read_source(object& from, source& into, int depth) {
  return each_member(from, [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (token.starts_with('{')) {
      object inside;
      const bool wrapped = is_key(key, "url_citation") || is_key(key, "file_citation");
      if (!wrapped || depth > 0) return true;
      return what.get_object().get(inside) == SUCCESS && read_source(inside, into, depth + 1);
    }
    if (!token.starts_with('"')) return true;
    if (is_key(key, "url") || (is_key(key, "file_id") && into.where.empty())) into.where = token;
    if (is_key(key, "title") || (is_key(key, "filename") && into.title.empty())) into.title = token;
    return true;
  });
}

}  // namespace

bool find_token(object& from, std::string_view name, std::string_view& token) {
  value found;
  const auto missing = from.find_field_unordered(name).get(found);
  token = missing == SUCCESS ? trimmed(found.raw_json_token()) : std::string_view{};
  return (missing == SUCCESS || missing == simdjson::NO_SUCH_FIELD) && from.reset().error() == SUCCESS;
}

bool openai_reader::add_citation(value& what) {
  piece one;
  one.kind = delta_kind::citation;
  const auto token = what.raw_json_token();
  if (token.starts_with('"')) {
    if (!add_text(token, one.id)) return false;
    one.text = add_plain(trimmed(token));
  } else if (token.starts_with('{')) {
    object from;
    source said;
    std::string_view raw;
    if (what.get_object().get(from) != SUCCESS || !read_source(from, said, 0)) return false;
    if (from.reset().error() != SUCCESS || from.raw_json().get(raw) != SUCCESS) return false;
    if (!said.where.empty() && !add_text(said.where, one.id)) return false;
    if (!said.title.empty() && !add_text(said.title, one.name)) return false;
    one.text = add_plain(trimmed(raw));
  } else {
    return true;
  }
  pieces_.push_back(one);
  return true;
}

bool openai_reader::add_image(std::string_view url_token) {
  piece one;
  if (!add_text(url_token, one.text)) return false;
  const auto url = text(one.text);
  constexpr std::string_view base64 = ";base64";
  const auto comma = url.find(',');
  if (url.starts_with("data:") && comma != std::string_view::npos && url.substr(0, comma).ends_with(base64)) {
    constexpr std::uint32_t scheme = 5;
    const auto header = static_cast<std::uint32_t>(comma) + 1;
    one.kind = delta_kind::media;
    one.name = {one.text.at + scheme, header - 1 - scheme - static_cast<std::uint32_t>(base64.size())};
    one.text = {one.text.at + header, one.text.size - header};
  } else {
    one.kind = delta_kind::other;
    one.name = add_plain("image_url");
    one.text = add_plain(trimmed(url_token));
  }
  pieces_.push_back(one);
  return true;
}

bool openai_reader::add_media(std::string_view base64_token, std::string_view media_type) {
  piece one;
  one.kind = delta_kind::media;
  if (!add_text(base64_token, one.text)) return false;
  if (one.text.size == 0) return true;
  one.name = add_plain(media_type);
  pieces_.push_back(one);
  return true;
}

bool openai_reader::reports_error(value& what) {
  const auto token = trimmed(what.raw_json_token());
  if (!token.starts_with('{')) return token != "null" && token != "false" && token != "\"\"";
  object inside;
  bool nothing = false;
  return what.get_object().get(inside) != SUCCESS || inside.is_empty().get(nothing) != SUCCESS || !nothing;
}

}  // namespace cohedge::dialect
