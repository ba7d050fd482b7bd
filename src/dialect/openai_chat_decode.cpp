#include "openai_chat.hpp"

#include <cohedge/dialect/error_classification.hpp>
#include <cohedge/wire/json_check.hpp>

#include "error_body.hpp"

namespace cohedge::dialect {
namespace {

// One reader per thread and API keeps its memory from answer to answer, but not that of a single huge one.
chunk_reader& shared_reader(bool text_choices, std::size_t document_size) {
  constexpr std::size_t kept = 1024 * 1024;
  thread_local chunk_reader readers[] = {chunk_reader{false}, chunk_reader{true}};
  thread_local std::size_t largest = 0;
  if (largest > kept && document_size <= kept) {
    for (auto& each : readers) each = chunk_reader{&each == &readers[1]};
    largest = 0;
  }
  largest = std::max(largest, document_size);
  readers[text_choices].reset();
  return readers[text_choices];
}

tool_call& call_of(choice& into, std::uint32_t index) {
  if (index >= into.tool_calls.size()) into.tool_calls.resize(index + 1);
  return into.tool_calls[index];
}

void apply(const chunk_reader& from, const chunk_reader::piece& piece, completion& whole) {
  auto& into = whole.at(piece.choice);
  const auto text = from.text(piece.text);
  switch (piece.kind) {
    case delta_kind::text: into.text.append(text); break;
    case delta_kind::reasoning: into.reasoning.append(text); break;
    case delta_kind::refusal: into.refusal.append(text); break;
    case delta_kind::tool_call: {
      auto& call = call_of(into, piece.tool_index);
      call.id = from.text(piece.id);
      call.name = from.text(piece.name);
      call.arguments.append(text);
      break;
    }
    case delta_kind::tool_arguments: call_of(into, piece.tool_index).arguments.append(text); break;
    case delta_kind::finish:
      into.finish = piece.finish;
      into.finish_text = from.text(piece.name);
      break;
    case delta_kind::usage: break;
  }
}

// What the whole answer amounts to: nothing said and no reason for it is a failure.
error judge(const completion& whole) {
  const bool content = whole.has_content();
  auto why = finish_reason::none;
  for (const auto& each : whole.choices()) {
    auto meaning = finish_error(each.finish, each.finish_text, content);
    if (meaning.code() != errc::none) return meaning.with_kind(
        meaning.kind() == error_class::truncated ? error_class::pre_content : meaning.kind());
    if (each.finish != finish_reason::none) why = each.finish;
  }
  if (!content && (why == finish_reason::none || why == finish_reason::stop))
    return {errc::empty_answer, "an answer without content"};
  return {};
}

}  // namespace

error reader_error(chunk_reader::verdict why, std::string_view json) {
  switch (why) {
    case chunk_reader::verdict::error: return classify_body(json);
    case chunk_reader::verdict::too_many:
      return {errc::limit_exceeded, error_class::pre_content, "more choices or tool calls than any answer has"};
    default: break;
  }
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

result<completion> decode_answer(std::string_view padded_body, bool text_choices) {
  if (padded_body.starts_with("\xEF\xBB\xBF")) padded_body.remove_prefix(3);
  const auto body = trimmed(padded_body);
  if (body.empty()) return error{errc::empty_answer, "the body is empty"};
  auto& reader = shared_reader(text_choices, body.size());
  const auto said = reader.read(body, true);
  if (said == chunk_reader::verdict::neutral) return reader_error(chunk_reader::verdict::malformed, body);
  if (said != chunk_reader::verdict::answer) return reader_error(said, body);
  completion whole;
  for (const auto& piece : reader.pieces()) apply(reader, piece, whole);
  auto failed = judge(whole);
  if (failed.code() != errc::none) return failed;
  for (std::size_t i = 0; i < whole.choices().size(); ++i)
    for (auto& call : whole.at(i).tool_calls)
      call.truncated = !call.arguments.empty() && !wire::is_json(call.arguments);
  whole.usage() = reader.counts();
  whole.model(reader.model());
  whole.id(reader.id());
  return whole;
}

}  // namespace cohedge::dialect
