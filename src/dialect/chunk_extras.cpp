#include "chunk_reader.hpp"

#include <algorithm>

namespace cohedge::dialect {

using simdjson::SUCCESS;

// {"content": [tokens], "refusal": [tokens]}, of which one has any. The API before chat, and Together, have an object
// of parallel lists, which becomes a list of one such object for each chunk.
bool chunk_reader::read_logprobs(value& what, choice_state& at) {
  if (!what.raw_json_token().starts_with('{')) return true;
  object from;
  std::string_view json;
  bool parallel_lists = false;
  if (what.get_object().get(from) != SUCCESS) return false;
  const bool good = each_member(from, [&](const char* key, value& list) {
    parallel_lists = parallel_lists || is_key(key, "tokens");
    if (!is_key(key, "content") && !is_key(key, "refusal")) return true;
    if (!raw_json(list, json)) return false;
    if (json.starts_with('[') && trimmed(json.substr(1)) != "]") at.logprobs = add_plain(trimmed(json));
    return true;
  });
  if (!good || !parallel_lists) return good;
  if (from.reset().error() != SUCCESS || from.raw_json().get(json) != SUCCESS) return false;
  at.logprobs = add_plain("[");
  text_.append(trimmed(json)).append("]");
  at.logprobs.size = static_cast<std::uint32_t>(text_.size()) - at.logprobs.at;
  return true;
}

bool chunk_reader::read_reasoning_details(value& list) {
  return each_element(list, [&](value& element) {
    object one;
    return element.get_object().get(one) != SUCCESS || details_.stage(one);
  });
}

// What a choice reasoned is one item, to be given back with the next request; or as many as it has details.
bool chunk_reader::close_reasoning(std::uint32_t choice) {
  piece end;
  end.kind = delta_kind::reasoning_end;
  end.choice = choice;
  bool closed = false;
  if (!details_.empty()) {
    for (const auto& [id, json] : details_.take(choice)) {
      end.id = {};
      if (!id.empty() && !add_text(id, end.id)) return false;
      end.text = add_plain(json);
      pieces_.push_back(end);
      closed = true;
    }
  }
  if (reasoned_.test(choice) && !closed) pieces_.push_back(end);
  reasoned_.reset(choice);
  return true;
}

// Gemini signs tool calls: {"google": {"thought_signature": "…"}}.
bool chunk_reader::read_extra_content(value& what, piece& into) {
  return each_member(what, [&](const char* key, value& vendor) {
    return !is_key(key, "google") || each_member(vendor, [&](const char* name, value& signature) {
      const auto token = signature.raw_json_token();
      return !is_key(name, "thought_signature") || !token.starts_with('"') || add_text(token, into.signature);
    });
  });
}

// Spoken answers say in `transcript` what is spoken. Streams bring raw samples; a whole answer begins as its format does.
bool chunk_reader::read_audio(value& what) {
  return each_member(what, [&](const char* key, value& part) {
    const auto token = part.raw_json_token();
    if (!token.starts_with('"')) return true;
    if (is_key(key, "transcript")) return add_piece(token, delta_kind::text);
    if (!is_key(key, "data")) return true;
    const auto begins = [&](std::string_view base64) { return token.substr(1).starts_with(base64); };
    if (begins("UklGR")) return add_media(token, "audio/wav");
    if (begins("SUQz") || begins("//")) return add_media(token, "audio/mpeg");
    if (begins("T2dnU")) return add_media(token, "audio/ogg");
    if (begins("ZkxhQ")) return add_media(token, "audio/flac");
    return add_media(token, "audio/pcm");
  });
}

bool chunk_reader::read_image(value& what) {
  return each_member(what, [&](const char* key, value& part) { return !is_key(key, "image_url") || read_image_url(part); });
}

// An address, or an object with one.
bool chunk_reader::read_image_url(value& what) {
  if (what.raw_json_token().starts_with('"')) return add_image(what.raw_json_token());
  return each_member(what, [&](const char* key, value& url) {
    const auto token = url.raw_json_token();
    return !is_key(key, "url") || !token.starts_with('"') || add_image(token);
  });
}

// Perplexity says with every chunk where the whole answer comes from: addresses, and the same with their titles, which
// count where they are there.
bool chunk_reader::read_sources(value& list, bool results) {
  if (!results && !sources_.empty()) return true;
  sources_.clear();
  sources_seen_ = 0;
  const auto end_of_pieces = pieces_.size();
  const bool good = each_element(list, [&](value& one) { return ++sources_seen_ <= sources_before_ || add_citation(one); });
  sources_.assign(pieces_.begin() + static_cast<std::ptrdiff_t>(end_of_pieces), pieces_.end());
  pieces_.resize(end_of_pieces);
  return good;
}

void chunk_reader::hand_out_sources() {
  sources_before_ = std::max(sources_before_, sources_seen_);
  if (sources_.empty()) return;
  const auto finish = std::ranges::find(pieces_, delta_kind::finish, &piece::kind);
  pieces_.insert(finish, sources_.begin(), sources_.end());
}

}  // namespace cohedge::dialect
