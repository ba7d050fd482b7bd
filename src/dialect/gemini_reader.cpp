#include "gemini_reader.hpp"

#include <algorithm>

namespace cohedge::dialect {
namespace {

// Servers asked for numbers instead of words give them; beyond these Gemini's and Vertex's differ.
std::string_view finish_word(std::string_view number) noexcept {
  constexpr std::array<std::string_view, 6> words{"", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"};
  const bool known = number.size() == 1 && number[0] >= '0' && number[0] < '6';
  return known ? words[static_cast<std::size_t>(number[0] - '0')] : number;
}

}  // namespace

void gemini_reader::reset() {
  answer_reader::reset();
  now_ = {};
  arguments_.clear();
  sources_.clear();
  call_goes_on_ = false;
}

gemini_reader::verdict gemini_reader::read_whole(std::string_view json) {
  const auto before = now_;
  error_ = saw_candidates_ = false;
  block_reason_.clear();
  block_message_.clear();
  const auto said = read_object(json, [&](object& top) {
    const bool good = each_member(top, [&](const char* key, value& what) { return read_top_member(key, what); });
    if (error_ || !block_reason_.empty()) return verdict::error;
    if (!good) return verdict::malformed;
    return saw_candidates_ || counts_.reported ? verdict::answer : verdict::neutral;
  });
  if (said != verdict::answer) now_ = before;
  return said;
}

error gemini_reader::explain(const frame& document) const {
  if (block_reason_.empty()) return answer_reader::explain(document);
  const auto why = block_message_.empty() ? std::string{} : ": " + block_message_;
  error blocked{errc::provider_error, error_class::content_policy, "the provider blocked the prompt" + why};
  blocked.with_provider_code(block_reason_);
  return blocked;
}

bool gemini_reader::read_top_member(const char* key, value& what) {
  switch (*key) {
    case 'c':
      if (!is_key(key, "candidates")) return true;
      saw_candidates_ = true;
      return each_element(what, [&](value& one) { return read_candidate(one); });
    case 'u': return !is_key(key, "usageMetadata") || read_usage(what);
    case 'm':
      if (model_.empty() && is_key(key, "modelVersion")) keep_first(what.raw_json_token(), model_);
      return true;
    case 'r':
      if (is_key(key, "responseId")) keep_id(what.raw_json_token());
      return true;
    case 'p': return !is_key(key, "promptFeedback") || read_feedback(what);
    case 'e':
      if (!is_key(key, "error")) return true;
      error_ = trimmed(what.raw_json_token()) != "null";
      return !error_;
    default: return true;
  }
}

// It may hold ratings only; a reason means that there is no answer.
bool gemini_reader::read_feedback(value& what) {
  return each_member(what, [&](const char* key, value& member) {
    const auto token = trimmed(member.raw_json_token());
    if (is_key(key, "blockReason")) {
      if (token.starts_with('"'))
        keep_first(token, block_reason_);
      else if (token != "null" && token != "0")
        block_reason_ = token;
    } else if (is_key(key, "blockReasonMessage")) {
      keep_first(token, block_message_);
    }
    return true;
  });
}

// Each document says the counts so far; the first ones of a stream may say none.
bool gemini_reader::read_usage(value& what) {
  auto& counts = said();
  counts.begin();
  const bool good = each_member(what, [&](const char* key, value& member) {
    switch (*key) {
      case 'p':
        if (is_key(key, "promptTokenCount")) counts.read(usage_count::input, member);
        break;
      case 'c':
        if (is_key(key, "candidatesTokenCount"))
          counts.read(usage_count::output, member);
        else if (is_key(key, "cachedContentTokenCount"))
          counts.read(usage_count::cached, member);
        break;
      case 't':
        if (is_key(key, "totalTokenCount"))
          counts.read(usage_count::total, member);
        else if (is_key(key, "thoughtsTokenCount"))
          counts.read(usage_count::reasoning, member);
        else if (is_key(key, "toolUsePromptTokenCount"))
          counts.read(usage_count::tools, member);
        else if (is_key(key, "trafficType"))
          keep_first(member.raw_json_token(), service_tier_);
        break;
      case 's':
        if (is_key(key, "serviceTier")) keep_first(member.raw_json_token(), service_tier_);
        break;
      default: break;
    }
    return true;
  });
  if (good) take_counts(counts);
  return good;
}

void gemini_reader::take_counts(const said_counts& said) {
  const auto input = said[usage_count::input] + said[usage_count::tools];
  const auto output = said[usage_count::output] + said[usage_count::reasoning];
  const auto total = said[usage_count::total] > 0 ? said[usage_count::total] : input + output;
  if (total > 0) counts_ = {input, output, total, said[usage_count::cached], 0, said[usage_count::reasoning], true};
}

bool gemini_reader::read_candidate(value& from) {
  candidate at;
  at.first_piece = pieces_.size();
  const auto read = [&](const char* key, value& what) { return read_candidate_member(key, what, at); };
  return each_member(from, read) && end_candidate(at);
}

bool gemini_reader::read_candidate_member(const char* key, value& what, candidate& at) {
  switch (*key) {
    case 'c':
      if (is_key(key, "citationMetadata")) return at.cites = true, read_sources(what);
      if (!is_key(key, "content")) return true;
      return each_member(what, [&](const char* member, value& inside) {
        return !is_key(member, "parts") || each_element(inside, [&](value& one) { return read_part(one); });
      });
    case 'f':
      if (is_key(key, "finishReason")) at.finish = trimmed(what.raw_json_token());
      return true;
    case 'i':
      if (!is_key(key, "index") || what.raw_json_token().starts_with("null")) return true;
      return what.get_uint64().get(at.index) == simdjson::SUCCESS;
    case 'g':
      if (!is_key(key, "groundingMetadata")) return true;
      at.cites = true;
      return read_grounding(what);
    case 'l': return !is_key(key, "logprobsResult") || read_logprobs(what);
    case 'u': return !is_key(key, "urlContextMetadata") || add_other("urlContextMetadata", what);
    default: return true;
  }
}

bool gemini_reader::end_candidate(const candidate& at) {
  too_many_ = at.index >= max_choices;
  if (too_many_) return false;
  const auto choice = static_cast<std::uint32_t>(at.index);
  now_.opened.set(choice);
  if (at.cites) last_token_ = {};  // a source that is known gives no piece; the next document may have another one there
  const bool finishes = !at.finish.empty() && at.finish != "null" && at.finish != "\"\"" && at.finish != "0";
  if (finishes && call_goes_on_) end_call();
  for (auto i = at.first_piece; i < pieces_.size(); ++i) {
    pieces_[i].choice = choice;
    if (!number_call(pieces_[i])) return false;
  }
  if (finishes) finish_candidate(at);
  return true;
}

// Calls are numbered in the order they come; most have no id.
bool gemini_reader::number_call(piece& one) {
  auto& calls = now_.calls[one.choice];
  if (one.kind == delta_kind::tool_call) {
    too_many_ = calls >= max_tool_calls;
    if (too_many_) return false;
    if (one.id.size == 0) one.id = add_plain("call_" + std::to_string(calls));
    one.tool_index = calls++;
  } else if (one.kind == delta_kind::tool_arguments || one.kind == delta_kind::tool_call_end) {
    if (calls == 0) return false;
    one.tool_index = calls - 1U;
  }
  return true;
}

// STOP is said of tool calls too. Of the numbers, 6 to 8 are different filters for Gemini and Vertex.
void gemini_reader::finish_candidate(const candidate& at) {
  piece end;
  end.kind = delta_kind::finish;
  end.choice = static_cast<std::uint32_t>(at.index);
  if (!add_text(at.finish, end.name)) end.name = add_plain(finish_word(at.finish));
  end.finish = finish_reason_from(text(end.name));
  if (end.finish == finish_reason::stop && now_.calls[end.choice] > 0) end.finish = finish_reason::tool_calls;
  if (at.finish == "6" || at.finish == "7" || at.finish == "8") end.finish = finish_reason::content_filter;
  now_.finished.set(end.choice);
  pieces_.push_back(end);
}

}  // namespace cohedge::dialect
