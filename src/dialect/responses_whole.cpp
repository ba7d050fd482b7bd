#include "responses_reader.hpp"

namespace cohedge::dialect {

using simdjson::SUCCESS;

// `status`: what the event says; empty where it says nothing, or where there is no event.
responses_reader::verdict responses_reader::read_response(object& from, std::string_view status, bool take_output) {
  ending end;
  error_ = explained_ = false;
  bool known = false;
  const bool good = each_member(from, [&](const char* key, value& what) {
    known = known || is_key(key, "output") || is_key(key, "status");
    return read_response_member(key, what, end, take_output);
  });
  if (error_ || status == "failed") return verdict::error;
  if (!good) return verdict::malformed;
  if (!known && status.empty()) return explained_ ? verdict::error : verdict::neutral;
  if (take_output || !status.empty()) add_end(end, status);
  return verdict::answer;
}

bool responses_reader::read_response_member(const char* key, value& what, ending& end, bool take_output) {
  switch (*key) {
    case 'd':
      explained_ = explained_ || is_key(key, "detail");
      return true;
    case 'e':
      if (is_key(key, "error")) error_ = reports_error(what);
      return !error_;
    case 'i':
      if (is_key(key, "id")) keep_id(what.raw_json_token());
      if (!is_key(key, "incomplete_details")) return true;
      return each_member(what, [&](const char* name, value& why) {
        if (is_key(name, "reason")) end.reason = trimmed(why.raw_json_token());
        return true;
      });
    case 'm':
      if (model_.empty() && is_key(key, "model")) keep_first(what.raw_json_token(), model_);
      explained_ = explained_ || is_key(key, "message");
      return true;
    case 'o': return !take_output || !is_key(key, "output") || read_output(what);
    case 's':
      if (is_key(key, "status")) end.status = trimmed(what.raw_json_token());
      if (!is_key(key, "service_tier") || !what.raw_json_token().starts_with('"')) return true;
      service_tier_.clear();
      keep_first(what.raw_json_token(), service_tier_);
      return true;
    case 'u': {
      object counts;
      if (!is_key(key, "usage") || !what.raw_json_token().starts_with('{')) return true;
      return what.get_object().get(counts) == SUCCESS && read_usage_of(counts);
    }
    default: return true;
  }
}

bool responses_reader::read_output(value& list) {
  return each_element(list, [&](value& element) {
    object item;
    item_state alone;
    return element.get_object().get(item) == SUCCESS && read_item(item, alone, true);
  });
}

// The API says "completed" whether or not tools are called.
void responses_reader::add_end(const ending& said, std::string_view status) {
  const auto word = [](std::string_view token) {
    return token.size() > 2 && token.starts_with('"') ? token.substr(1, token.size() - 2) : std::string_view{};
  };
  auto state = word(said.status);
  if (!status.empty()) state = status;
  if (state == "queued" || state == "in_progress") return;
  if (state == "incomplete") {
    const auto reason = word(said.reason);
    return reason.empty() ? add_finish(finish_reason::length, state) : add_finish(finish_reason_from(reason), reason);
  }
  if (state == "failed" || state == "cancelled") return add_finish(finish_reason::error, state);
  add_finish(calls_ > 0 ? finish_reason::tool_calls : finish_reason::stop, state.empty() ? "completed" : state);
}

}  // namespace cohedge::dialect
