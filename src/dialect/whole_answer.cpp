#include "whole_answer.hpp"

#include <cohedge/dialect/error_classification.hpp>
#include <cohedge/wire/json_check.hpp>

#include "error_body.hpp"

namespace cohedge::dialect {
namespace {

// What the whole answer amounts to: nothing said and no reason for it is a failure.
error judge(const completion& whole) {
  const bool content = whole.has_content();
  auto why = finish_reason::none;
  for (const auto& each : whole.choices()) {
    auto meaning = finish_error(each.finish, each.finish_text, content);
    if (meaning.code() != errc::none)
      return meaning.with_kind(meaning.kind() == error_class::truncated ? error_class::pre_content : meaning.kind());
    if (each.finish != finish_reason::none) why = each.finish;
  }
  if (!content && (why == finish_reason::none || why == finish_reason::stop))
    return {errc::empty_answer, "an answer without content"};
  return {};
}

}  // namespace

error reader_error(const answer_reader& reader, answer_reader::verdict why, const frame& document) {
  switch (why) {
    case answer_reader::verdict::error: return reader.explain(document);
    case answer_reader::verdict::too_many:
      return {errc::limit_exceeded, error_class::pre_content, "more choices or tool calls than any answer has"};
    default: break;
  }
  const auto json = document.data;
  auto said = read_error_body(json);
  // Google wraps an error in a list.
  if (json.starts_with('[') && !said.message.empty()) return classify_body(json);
  return {errc::malformed_answer, error_class::pre_content,
          "not the JSON expected: " + (said.message.empty() ? one_line(json, 200) : said.message)};
}

error finish_error(finish_reason why, std::string_view provider_word, bool content_seen) {
  if (why == finish_reason::content_filter && !content_seen) {
    error blocked{errc::provider_error, error_class::content_policy, "stopped by the provider's content filter"};
    return blocked.with_provider_code(std::string{provider_word});
  }
  if (why == finish_reason::error) {
    error failed{errc::provider_error, content_seen ? error_class::truncated : error_class::pre_content,
                 "the provider ended the answer with an error"};
    return failed.with_provider_code(std::string{provider_word});
  }
  return {};
}

result<completion> decode_whole(answer_reader& reader, std::string_view padded_body) {
  if (padded_body.starts_with("\xEF\xBB\xBF")) padded_body.remove_prefix(3);
  const auto body = trimmed(padded_body);
  if (body.empty()) return error{errc::empty_answer, "the body is empty"};
  auto said = reader.whole(body);
  if (said == answer_reader::verdict::neutral) said = answer_reader::verdict::malformed;
  if (said != answer_reader::verdict::answer) return reader_error(reader, said, {{}, body});
  completion_builder builder;
  delta one;
  for (const auto& piece : reader.pieces()) {
    reader.fill(piece, one);
    builder.apply(one);
  }
  auto whole = std::move(builder).take(&wire::is_json);
  auto failed = judge(whole);
  if (failed.code() != errc::none) return failed;
  whole.usage() = reader.counts();
  whole.model(reader.model());
  whole.id(reader.id());
  if (!reader.service_tier().empty()) whole.service_tier(reader.service_tier());
  return whole;
}

}  // namespace cohedge::dialect
