#include "anthropic_lists.hpp"

#include <cohedge/wire/http_date.hpp>
#include <cohedge/wire/url.hpp>

#include "body_reading.hpp"

namespace cohedge::dialect {

using simdjson::SUCCESS;

request_bytes encode_claude_models(std::string_view page) {
  std::string target{"/v1/models?limit=1000"};
  if (!page.empty()) wire::append_path_segment(target.append("&after_id="), page);
  return {"GET", std::move(target)};
}

result<model_list> decode_claude_models(std::string_view body) {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, body);
  if (!top) return std::move(top).error();
  simdjson::dom::array models;
  if (top.value()["data"].get(models) != SUCCESS) return malformed_body("a list of models without its data");
  model_list list;
  for (const auto each : models) {
    simdjson::dom::object from;
    if (each.get(from) != SUCCESS) return malformed_body("a model that is no object");
    model_info one;
    one.id = text_of(from, "id");
    if (one.id.empty()) return malformed_body("a model without an id");
    one.name = text_of(from, "display_name");
    one.owner = "anthropic";
    one.created = wire::parse_rfc3339(text_of(from, "created_at")).value_or(0);
    one.context_window = count_of(from, "max_input_tokens");
    one.max_output = count_of(from, "max_tokens");
    list.models.push_back(std::move(one));
  }
  bool more = false;
  if (top.value()["has_more"].get(more) == SUCCESS && more) list.next_page = text_of(top.value(), "last_id");
  return list;
}

result<std::uint64_t> decode_message_count(std::string_view body) { return decode_token_count(body, "input_tokens"); }

}  // namespace cohedge::dialect
