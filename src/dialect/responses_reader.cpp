#include "responses_reader.hpp"

#include <cohedge/dialect/error_classification.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

}  // namespace

void responses_reader::reset() {
  answer_reader::reset();
  items_.clear();
  calls_ = 0;
  open_reasoning_ = false;
  said_nothing_ = true;
}

// response.failed holds the error inside of the response.
error responses_reader::explain(const frame& document) const {
  const auto json = trimmed(document.data);
  simdjson::ondemand::document parsed;
  value inside;
  std::string_view raw;
  auto& parser = shared_parser(json.size());
  if (parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING).get(parsed) == SUCCESS &&
      parsed["response"]["error"].get(inside) == SUCCESS && raw_json(inside, raw) && raw.starts_with('{'))
    return classify_body(std::string{"{\"error\":"}.append(raw).append("}"));
  return classify_body(json);
}

responses_reader::verdict responses_reader::read_whole(std::string_view json) {
  counts_ = {};
  return read_object(json, [&](object& top) { return read_response(top, {}, true); });
}

responses_reader::verdict responses_reader::read(const frame& document, bool committed) {
  const auto said = read_object(document.data, [&](object& top) { return read_event(top, committed); });
  if (said == verdict::answer && !pieces_.empty()) said_nothing_ = false;
  if (said == verdict::answer && pieces_.empty() && !counts_.reported && !ended_) return verdict::neutral;
  return said;
}

responses_reader::verdict responses_reader::read_event(object& top, bool committed) {
  std::string_view type;
  if (!find_token(top, "type", type)) return verdict::malformed;
  type = type.size() > 2 && type.starts_with('"') ? type.substr(1, type.size() - 2) : std::string_view{};
  if (type == "error") return verdict::error;
  constexpr std::string_view prefix = "response.";
  // A whole response, or an error, where an event was expected.
  if (type.empty()) {
    const auto said = read_response(top, {}, !committed);
    ended_ = said == verdict::answer;
    return said;
  }
  if (!type.starts_with(prefix)) return pass_over(top);
  type.remove_prefix(prefix.size());
  if (type == "output_text.delta") return read_delta(top, delta_kind::text);
  if (type == "function_call_arguments.delta") return read_arguments(top, false);
  if (type == "reasoning_summary_text.delta" || type == "reasoning_text.delta")
    return read_delta(top, delta_kind::reasoning);
  if (type == "refusal.delta") return read_delta(top, delta_kind::refusal);
  if (type == "output_item.added") return read_item_event(top, false);
  if (type == "output_item.done") return read_item_event(top, true);
  if (type == "function_call_arguments.done") return read_arguments(top, true);
  if (type == "reasoning_summary_part.added") return begin_summary_part(top);
  if (type == "output_text.annotation.added") return read_annotation(top);
  if (type == "created" || type == "in_progress" || type == "queued") return read_progress(top, {});
  if (type == "completed" || type == "incomplete" || type == "failed") return read_progress(top, type);
  return pass_over(top);
}

// What follows an object is only found where the object is read to its end.
responses_reader::verdict responses_reader::pass_over(object& top) {
  std::string_view all;
  return top.raw_json().get(all) == SUCCESS ? verdict::neutral : verdict::malformed;
}

bool responses_reader::read_event_members(object& top, std::string_view text_member, event_words& into) {
  return each_member(top, [&](const char* key, value& what) {
    switch (*key) {
      case 'o': return !is_key(key, "output_index") || what.get_uint64().get(into.output_index) == SUCCESS;
      case 'l': return !is_key(key, "logprobs") || raw_json(what, into.logprobs);
      case 'a':
      case 'd':
        if (std::string_view{key, text_member.size()} == text_member && key[text_member.size()] == '"')
          into.text = what.raw_json_token();
        return true;
      default: return true;
    }
  });
}

responses_reader::verdict responses_reader::read_delta(object& top, delta_kind kind) {
  event_words said;
  if (!read_event_members(top, "delta", said) || !add_piece(said.text, kind)) return verdict::malformed;
  auto* state = state_of(said.output_index);
  if (state == nullptr) return verdict::too_many;
  state->said = state->said || !pieces_.empty();
  open_reasoning_ = open_reasoning_ || (kind == delta_kind::reasoning && !pieces_.empty());
  add_logprobs(said.logprobs);
  return verdict::answer;
}

// Pieces of a call's arguments; or all of them, which count where no piece came.
responses_reader::verdict responses_reader::read_arguments(object& top, bool all_of_them) {
  event_words said;
  if (!read_event_members(top, all_of_them ? "arguments" : "delta", said)) return verdict::malformed;
  auto* state = state_of(said.output_index);
  if (state == nullptr) return verdict::too_many;
  if (state->call == no_call || (all_of_them && state->said)) return verdict::neutral;
  piece more;
  more.kind = delta_kind::tool_arguments;
  more.tool_index = state->call;
  if (!add_text(said.text, more.text)) return verdict::malformed;
  state->said = state->said || more.text.size > 0;
  pieces_.push_back(more);
  return verdict::answer;
}

responses_reader::verdict responses_reader::read_item_event(object& top, bool whole) {
  std::string_view index;
  std::uint64_t output_index = 0;
  if (!find_token(top, "output_index", index)) return verdict::malformed;
  if (std::from_chars(index.data(), index.data() + index.size(), output_index).ec != std::errc{} && !index.empty())
    return verdict::malformed;
  auto* state = state_of(output_index);
  if (state == nullptr) return verdict::too_many;
  bool seen = false;
  const bool good = each_member(top, [&](const char* key, value& what) {
    object item;
    if (!is_key(key, "item")) return true;
    seen = true;
    return what.get_object().get(item) == SUCCESS && read_item(item, *state, whole);
  });
  return answered(good && seen);
}

responses_reader::verdict responses_reader::begin_summary_part(object& top) {
  event_words said;
  if (!read_event_members(top, "delta", said)) return verdict::malformed;
  auto* state = state_of(said.output_index);
  if (state == nullptr) return verdict::too_many;
  if (!state->said) return verdict::neutral;
  piece gap;
  gap.kind = delta_kind::reasoning;
  gap.text = add_plain("\n\n");
  pieces_.push_back(gap);
  return verdict::answer;
}

responses_reader::verdict responses_reader::read_annotation(object& top) {
  std::uint64_t output_index = 0;
  const bool good = each_member(top, [&](const char* key, value& what) {
    if (is_key(key, "output_index")) return what.get_uint64().get(output_index) == SUCCESS;
    return !is_key(key, "annotation") || add_citation(what);
  });
  auto* state = state_of(output_index);
  if (state == nullptr) return verdict::too_many;
  state->cited = true;
  return answered(good);
}

// Where the whole response stands; `status` empty: not at its end.
responses_reader::verdict responses_reader::read_progress(object& top, std::string_view status) {
  verdict said = verdict::malformed;
  const bool good = each_member(top, [&](const char* key, value& what) {
    object response;
    if (!is_key(key, "response")) return true;
    if (what.get_object().get(response) != SUCCESS) return false;
    ended_ = !status.empty();
    said = read_response(response, status, ended_ && said_nothing_);
    return said == verdict::answer;
  });
  return good || said != verdict::answer ? said : verdict::malformed;
}

responses_reader::item_state* responses_reader::state_of(std::uint64_t output_index) {
  const auto known = std::find_if(items_.rbegin(), items_.rend(),
                                  [&](const item_state& each) { return each.output_index == output_index; });
  if (known != items_.rend()) return &*known;
  if (items_.size() >= max_items) return nullptr;
  items_.push_back({output_index});
  return &items_.back();
}

}  // namespace cohedge::dialect
