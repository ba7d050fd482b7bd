#include "answer_json.hpp"

#include <cohedge/observe/report_json.hpp>

namespace cohedge::cli {

namespace {

void put_report(wire::json_writer& json, const report& call, const error* failure) {
  json.key("report").begin_object();
  write_call_json(json, call, failure);
  json.key("ledger").begin_array();
  for (const auto& row : call.attempts) {
    json.begin_object();
    write_attempt_json(json, call, row);
    json.end_object();
  }
  json.end_array().end_object();
}

void put_usage(wire::json_writer& json, const usage& used) {
  if (!used.reported) return;
  json.key("usage").begin_object();
  json.member("input", used.input).member("output", used.output).member("total", used.total);
  json.member("cached", used.cached).member("reasoning", used.reasoning).end_object();
}

void put_tool_calls(wire::json_writer& json, const std::vector<tool_call>& calls) {
  if (calls.empty()) return;
  json.key("tool_calls").begin_array();
  for (const auto& call : calls) {
    json.begin_object().member("id", call.id).member("name", call.name).member("arguments", call.arguments);
    json.member("truncated", call.truncated).end_object();
  }
  json.end_array();
}

}  // namespace

std::string answer_json(const completion& answer) {
  std::string out;
  wire::json_writer json{out};
  json.begin_object().member("text", answer.text());
  if (!answer.reasoning().empty()) json.member("reasoning", answer.reasoning());
  if (!answer.refusal().empty()) json.member("refusal", answer.refusal());
  put_tool_calls(json, answer.tool_calls());
  json.member("finish", to_string(answer.finish())).member("model", answer.model()).member("id", answer.id());
  put_usage(json, answer.usage());
  put_report(json, answer.report(), nullptr);
  json.end_object();
  return out;
}

std::string failure_json(const error& why) {
  std::string out;
  wire::json_writer json{out};
  json.begin_object().key("error").begin_object();
  json.member("failure", to_string(why.code())).member("class", to_string(why.kind()));
  json.member("message", why.message()).end_object();
  if (const auto* call = why.report()) put_report(json, *call, &why);
  json.end_object();
  return out;
}

}  // namespace cohedge::cli
