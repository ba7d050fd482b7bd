#include <cohedge/chat/request.hpp>

#include <utility>

namespace cohedge {

chat_request::content& chat_request::own() {
  if (content_.use_count() > 1) content_ = std::make_shared<content>(*content_);
  return *content_;
}

chat_request& chat_request::system(std::string text) {
  auto& turns = own().messages;
  if (!turns.empty() && turns.front().role == role::system)
    turns.front().text = std::move(text);
  else
    turns.insert(turns.begin(), message{role::system, std::move(text)});
  return *this;
}

chat_request& chat_request::user(std::string text) { return add(message{role::user, std::move(text)}); }
chat_request& chat_request::assistant(std::string text) { return add(message{role::assistant, std::move(text)}); }

chat_request& chat_request::tool_result(std::string tool_call_id, std::string text, bool failed) {
  message turn{role::tool, std::move(text)};
  turn.tool_call_id = std::move(tool_call_id);
  turn.failed = failed;
  return add(std::move(turn));
}

chat_request& chat_request::add(message turn) {
  own().messages.push_back(std::move(turn));
  return *this;
}

chat_request& chat_request::tool(cohedge::tool offered) {
  own().tools.push_back(std::move(offered));
  return *this;
}
chat_request& chat_request::tool_choice(std::string choice) {
  own().tool_choice = std::move(choice);
  return *this;
}
chat_request& chat_request::max_tokens(std::uint32_t n) {
  own().max_tokens = n;
  return *this;
}
chat_request& chat_request::temperature(double t) {
  own().temperature = t;
  return *this;
}
chat_request& chat_request::top_p(double p) {
  own().top_p = p;
  return *this;
}
chat_request& chat_request::seed(std::int64_t n) {
  own().seed = n;
  return *this;
}
chat_request& chat_request::stop(std::string sequence) {
  own().stop.push_back(std::move(sequence));
  return *this;
}
chat_request& chat_request::top_k(std::uint32_t value) {
  own().top_k = value;
  return *this;
}
chat_request& chat_request::frequency_penalty(double value) {
  own().frequency_penalty = value;
  return *this;
}
chat_request& chat_request::presence_penalty(double value) {
  own().presence_penalty = value;
  return *this;
}
chat_request& chat_request::choices(std::uint32_t value) {
  own().choices = value;
  return *this;
}
chat_request& chat_request::logprobs(std::uint32_t value) {
  own().logprobs = value;
  return *this;
}
chat_request& chat_request::parallel_tool_calls(bool value) {
  own().parallel_tool_calls = value;
  return *this;
}
chat_request& chat_request::json() {
  own().json = true;
  return *this;
}
chat_request& chat_request::response_schema(std::string json_schema, std::string name, bool strict) {
  auto& into = own();
  into.response_schema = std::move(json_schema);
  into.schema_name = std::move(name);
  into.schema_strict = strict;
  return *this;
}
chat_request& chat_request::reasoning_effort(std::string value) {
  own().reasoning_effort = std::move(value);
  return *this;
}
chat_request& chat_request::reasoning_budget(std::uint32_t value) {
  own().reasoning_budget = value;
  return *this;
}
chat_request& chat_request::show_reasoning(bool value) {
  own().show_reasoning = value;
  return *this;
}
chat_request& chat_request::cache_key(std::string value) {
  own().cache_key = std::move(value);
  return *this;
}
chat_request& chat_request::service_tier(std::string value) {
  own().service_tier = std::move(value);
  return *this;
}
chat_request& chat_request::metadata(std::string key, std::string value) {
  own().metadata.emplace_back(std::move(key), std::move(value));
  return *this;
}
chat_request& chat_request::drop_unsupported(bool value) {
  own().drop_unsupported = value;
  return *this;
}
chat_request& chat_request::end_user(std::string id) {
  own().user = std::move(id);
  return *this;
}
chat_request& chat_request::session(std::string key) {
  own().session = std::move(key);
  return *this;
}
chat_request& chat_request::extra(std::string member, std::string raw_json) {
  own().extra.emplace_back(std::move(member), std::move(raw_json));
  return *this;
}

}  // namespace cohedge
