#include "anthropic_lists.hpp"

#include <cohedge/dialect/error_classification.hpp>
#include <cohedge/wire/http_date.hpp>
#include <cohedge/wire/url.hpp>

#include "json_text.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

error malformed(std::string_view what) { return {errc::malformed_answer, error_class::pre_content, std::string{what}}; }

std::string text_of(const element& from, std::string_view member) {
  std::string_view text;
  return from[member].get(text) == SUCCESS ? std::string{text} : std::string{};
}

std::uint64_t count_of(const element& from, std::string_view member) {
  std::uint64_t count = 0;
  return from[member].get(count) == SUCCESS ? count : 0;
}

// The body as an object, or the error it reports.
result<element> read_object(simdjson::dom::parser& parser, std::string_view body) {
  element top;
  if (body.empty() || parser.parse(body.data(), body.size()).get(top) != SUCCESS || !top.is_object())
    return malformed("not the JSON expected");
  element inside;
  if (top["error"].get(inside) == SUCCESS && !inside.is_null()) return classify_body(body);
  return top;
}

}  // namespace

request_bytes encode_claude_models(std::string_view page) {
  std::string target{"/v1/models?limit=1000"};
  if (!page.empty()) wire::append_path_segment(target.append("&after_id="), page);
  return {"GET", std::move(target)};
}

result<model_list> decode_claude_models(std::string_view body) {
  simdjson::dom::parser parser;
  auto top = read_object(parser, body);
  if (!top) return std::move(top).error();
  array models;
  if (top.value()["data"].get(models) != SUCCESS) return malformed("a list of models without its data");
  model_list list;
  for (const auto each : models) {
    model_info one;
    one.id = text_of(each, "id");
    if (one.id.empty()) return malformed("a model without an id");
    one.name = text_of(each, "display_name");
    one.owner = "anthropic";
    one.created = wire::parse_rfc3339(text_of(each, "created_at")).value_or(0);
    one.context_window = count_of(each, "max_input_tokens");
    one.max_output = count_of(each, "max_tokens");
    list.models.push_back(std::move(one));
  }
  bool more = false;
  if (top.value()["has_more"].get(more) == SUCCESS && more) list.next_page = text_of(top.value(), "last_id");
  return list;
}

result<std::uint64_t> decode_message_count(std::string_view body) {
  simdjson::dom::parser parser;
  auto top = read_object(parser, body);
  if (!top) return std::move(top).error();
  std::uint64_t count = 0;
  if (top.value()["input_tokens"].get(count) != SUCCESS) return malformed("a token count without input_tokens");
  return count;
}

}  // namespace cohedge::dialect
