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

chat_request& chat_request::tool_result(std::string tool_call_id, std::string text) {
  message turn{role::tool, std::move(text)};
  turn.tool_call_id = std::move(tool_call_id);
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
chat_request& chat_request::response_schema(std::string json_schema) {
  own().response_schema = std::move(json_schema);
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
