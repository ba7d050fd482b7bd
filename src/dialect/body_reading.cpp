#include "body_reading.hpp"

#include <cohedge/dialect/error_classification.hpp>
#include <cohedge/wire/json_check.hpp>

#include <algorithm>

#include "error_body.hpp"
#include "request_writer.hpp"

namespace cohedge::dialect {

using simdjson::SUCCESS;

error malformed_body(std::string_view what) {
  return {errc::malformed_answer, error_class::pre_content, "not the JSON expected: " + one_line(what, 200)};
}

result<simdjson::dom::object> parse_body(simdjson::dom::parser& parser, std::string_view body) {
  simdjson::dom::object top;
  simdjson::dom::element failed;
  // simdjson copies, and from nowhere nothing may be copied, not even no bytes.
  if (body.empty() || parser.parse(body.data(), body.size()).get(top) != SUCCESS) return malformed_body(body);
  if (top["error"].get(failed) == SUCCESS && !failed.is_null()) return classify_body(body);
  return top;
}

std::string text_of(const simdjson::dom::object& from, std::string_view member) {
  std::string_view text;
  return from[member].get(text) == SUCCESS ? std::string{text} : std::string{};
}

std::uint64_t count_of(const simdjson::dom::object& from, std::string_view member) {
  std::uint64_t count = 0;
  return from[member].get(count) == SUCCESS ? count : 0;
}

result<std::uint64_t> decode_token_count(std::string_view body, std::string_view member) {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, body);
  if (!top) return std::move(top).error();
  std::uint64_t count = 0;
  if (top.value()[member].get(count) != SUCCESS) return malformed_body(std::string{"no "}.append(member));
  return count;
}

bool add_vector(const simdjson::dom::element& list, embeddings& into) {
  simdjson::dom::array numbers;
  if (list.get(numbers) != SUCCESS || numbers.size() == 0) return false;
  std::vector<float> vector;
  vector.reserve(numbers.size());
  for (const auto each : numbers) {
    double number = 0;
    if (each.get(number) != SUCCESS) return false;
    vector.push_back(static_cast<float>(number));
  }
  into.vectors.push_back(std::move(vector));
  return true;
}

bool add_vectors(const simdjson::dom::element& lists, embeddings& into) {
  simdjson::dom::array all;
  if (lists.get(all) != SUCCESS) return false;
  return std::all_of(all.begin(), all.end(), [&](simdjson::dom::element one) { return add_vector(one, into); });
}

error embedding_fault(const embedding_request& ask, std::string_view model,
                      std::initializer_list<std::string_view> ours) {
  const auto wrong = [](std::string what) { return error{errc::invalid_argument, std::move(what)}; };
  if (model.empty()) return wrong("no model is named");
  if (ask.inputs().empty()) return wrong("there is no text to embed");
  for (const auto& [member, json] : ask.extra()) {
    if (std::ranges::find(ours, member) != ours.end())
      return wrong("extra: \"" + member + "\" is set by the request itself");
    if (!wire::is_json(json)) return wrong("extra: the value of \"" + member + "\" is not JSON");
  }
  return {};
}

bool not_extra(const embedding_request& ask, std::string_view member) { return !has_name(ask.extra(), member); }

void write_extra(const embedding_request& ask, wire::json_writer& json) {
  each_last(ask.extra(), [&](const auto& member, const auto& value) { json.key(member).raw(value); });
}

void write_inputs(const wire::json_string& name, const embedding_request& ask, wire::json_writer& json) {
  write_texts(name, ask.inputs(), json);
}

}  // namespace cohedge::dialect
