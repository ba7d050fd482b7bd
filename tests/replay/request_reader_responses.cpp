// Requests of OpenAI's Responses: items, of which several make one turn of ours.

#include "replay/request_reading.hpp"

#include "conform/cuts.hpp"

namespace cohedge::tests {
namespace {

std::optional<part> part_of(const tree& from) {
  const auto type = from.at("type").text();
  if (type == "input_text" || type == "output_text") return part::text(from.at("text").text());
  if (type != "input_image" || !from.has("image_url")) return std::nullopt;
  return image_from(from.at("image_url").text()).detail(from.at("detail").text());
}

// What the model said before: its reasoning, texts and calls are one turn until somebody else speaks.
class turns {
 public:
  explicit turns(request_reading& into) : into_{into} {}

  void add(const tree& item) {
    const auto type = item.at("type").text();
    if (type == "function_call")
      mine().tool_calls.push_back({item.at("call_id").text(), item.at("name").text(), item.at("arguments").text()});
    else if (type == "reasoning")
      add_reasoning(item);
    else if (type == "function_call_output")
      add_answer(item);
    else if (type.empty() || type == "message")
      add_message(item);
    else
      into_.note("an item of type " + type);
  }

  void close() {
    if (mine_) into_.ask.add(std::move(*mine_));
    mine_.reset();
  }

 private:
  message& mine() { return mine_ ? *mine_ : mine_.emplace(role::assistant, ""); }

  void add_reasoning(const tree& item) {
    if (!item.at("content").items.empty()) into_.note("a reasoning item with a text of its own, which OpenAI has not");
    auto& thought = mine().reasoning.emplace_back();
    thought.id = item.at("id").text();
    thought.encrypted = item.at("encrypted_content").text();
    for (const auto& each : item.at("summary").items) thought.text += each.at("text").text();
    thought.calls_before = static_cast<std::uint32_t>(mine().tool_calls.size());
  }

  void add_answer(const tree& item) {
    close();
    message answer{role::tool, item.at("output").text()};
    answer.tool_call_id = item.at("call_id").text();
    into_.ask.add(std::move(answer));
  }

  void add_message(const tree& item) {
    const auto who = item.at("role").text();
    const bool is_mine = who == "assistant";
    if (!is_mine || (mine_ && (!mine_->text.empty() || !mine_->parts.empty() || !mine_->tool_calls.empty()))) close();
    message said{who == "system" ? role::system : who == "developer" ? role::developer : role::user, ""};
    auto& into = is_mine ? mine() : said;
    into.text += item.at("content").text();
    for (const auto& each : item.at("content").items) {
      if (auto piece = part_of(each))
        into.add(std::move(*piece));
      else
        into_.note("a part of type " + each.at("type").text());
    }
    if (!is_mine) into_.ask.add(std::move(said));
  }

  request_reading& into_;
  std::optional<message> mine_;
};

void add_tools(member_taker& of, request_reading& into) {
  for (const auto& each : of.take("tools").items) {
    if (each.at("type").text() != "function") into.note("a tool of type " + each.at("type").text());
    tool offered{each.at("name").text(), each.at("description").text(), json_of(each.at("parameters"))};
    if (!each.at("strict").is_null()) offered.strict = each.at("strict").truth();
    into.ask.tool(std::move(offered));
  }
  const auto& choice = of.take("tool_choice");
  into.ask.tool_choice(choice.is_string() ? choice.text() : choice.at("name").text());
}

// Where something in it has no word of ours, the whole of it goes as it is.
void add_reasoning(const tree& reasoning, request_reading& into) {
  member_taker of{reasoning};
  const auto effort = of.take("effort").text();
  const auto summary = of.take("summary").text();
  if (of.has_rest() || (!summary.empty() && summary != "auto")) {
    into.ask.extra("reasoning", reasoning.json());
    return;
  }
  into.ask.reasoning_effort(effort);
  if (summary == "auto") into.ask.show_reasoning(true);
}

}  // namespace

request_reading read_responses_request(const tree& body) {
  request_reading into;
  member_taker of{body};
  into.model = of.take("model").text();
  into.stream = of.take("stream").truth();
  for (const auto& item : body.at("input").items)
    if (item.at("role").text() == "developer") into.server.system_as(dialect::deviations::system_role::developer);
  if (const auto& system = of.take("instructions"); system.is_string()) into.ask.add({role::system, system.text()});
  const auto& input = of.take("input");
  if (input.is_string()) into.ask.user(input.text());
  turns all{into};
  for (const auto& item : input.items) all.add(item);
  all.close();
  add_tools(of, into);
  of.number("max_output_tokens", [&](double v) { into.ask.max_tokens(static_cast<std::uint32_t>(v)); });
  of.number("temperature", [&](double v) { into.ask.temperature(v); });
  of.number("top_p", [&](double v) { into.ask.top_p(v); });
  if (const auto& parallel = of.take("parallel_tool_calls"); !parallel.is_null())
    into.ask.parallel_tool_calls(parallel.truth());
  add_reasoning(of.take("reasoning"), into);
  member_taker text{of.take("text")};
  const auto& format = text.take("format");
  if (format.at("type").text() == "json_schema")
    into.ask.response_schema(json_of(format.at("schema")), format.at("name").text(), format.at("strict").truth());
  if (format.at("type").text() == "json_object") into.ask.json();
  text.rest_unsaid("text", into);
  of.rest_as_extra(into.ask);
  return into;
}

tree canonical_responses_request(tree body) {
  auto& input = body.members["input"];
  // A text is one turn of the user.
  if (input.is_string()) input = tree::list({tree::object({{"role", tree::of("user")}, {"content", input}})});
  // The instructions are the first turn of the system.
  if (body.has("instructions")) {
    input.items.insert(input.items.begin(),
                       tree::object({{"role", tree::of("system")}, {"content", body.at("instructions")}}));
    body.members.erase("instructions");
  }
  for (auto& item : input.items) {
    if (!item.has("type")) item.members["type"] = tree::of("message");
    const bool is_mine = item.at("role").text() == "assistant";
    if (item.has("content"))
      item.members["content"] =
          as_list(item.at("content"), {{"type", tree::of(is_mine ? "output_text" : "input_text")}});
    for (auto& part : item.members["content"].items)
      if (part.at("detail").text() == "auto") part.members.erase("detail");  // so it is by itself
    drop_empty(item, {"content"});
  }
  for (auto& tool : body.members["tools"].items) drop_empty(tool, {"description"});
  // Ours never has the provider keep the conversation, so it asks for the reasoning to take along.
  drop_false(body, {"store"});
  if (body.at("include") == tree::list({tree::of("reasoning.encrypted_content")})) body.members.erase("include");
  drop_false(body, {"stream"});
  drop_empty(body, {"tools"});
  return body;
}

}  // namespace cohedge::tests
