// Requests of Gemini's generateContent.

#include "replay/request_reading.hpp"

#include "conform/cuts.hpp"

#include <algorithm>
#include <array>

namespace cohedge::tests {
namespace {

std::optional<part> part_of(const tree& from) {
  if (from.has("text")) return part::text(from.at("text").text());
  if (const auto& bytes = from.at("inlineData"); !bytes.is_null()) {
    const auto media = bytes.at("mimeType").text();
    auto raw = from_base64(bytes.at("data").text());
    if (media.starts_with("image/")) return part::image(std::move(raw), media);
    if (media.starts_with("audio/")) return part::audio(std::move(raw), media);
    return part::file(std::move(raw), media);
  }
  const auto& file = from.at("fileData");
  if (file.is_null()) return std::nullopt;
  const auto media = file.at("mimeType").text();
  auto piece = media.starts_with("image/") ? part::image_url(file.at("fileUri").text())
                                           : part::file_url(file.at("fileUri").text());
  return piece.media_type(media);
}

void add_turn(const tree& from, request_reading& into) {
  if (const auto who = from.at("role").text(); who != "user" && who != "model") into.note("role " + who);
  message said{from.at("role").text() == "model" ? role::assistant : role::user, ""};
  for (const auto& each : from.at("parts").items) {
    if (const auto& call = each.at("functionCall"); !call.is_null()) {
      auto& made = said.tool_calls.emplace_back();
      made = {call.at("id").text(), call.at("name").text(), call.at("args").json()};
      made.signature = each.at("thoughtSignature").text();
    } else if (auto piece = part_of(each)) {
      said.add(std::move(*piece));
    } else {
      into.note("a part that is a " + (each.members.empty() ? "" : each.members.begin()->first));
    }
  }
  into.ask.add(std::move(said));
}

void add_tools(member_taker& of, request_reading& into) {
  for (const auto& set : of.take("tools").items) {
    member_taker members{set};
    for (const auto& each : members.take("functionDeclarations").items) {
      const auto& schema = each.has("parameters") ? each.at("parameters") : each.at("parametersJsonSchema");
      into.ask.tool({each.at("name").text(), each.at("description").text(), json_of(schema)});
    }
    members.rest_unsaid("tools", into);
  }
  const auto& calling = of.take("toolConfig").at("functionCallingConfig");
  const auto mode = calling.at("mode").text();
  const auto& names = calling.at("allowedFunctionNames").items;
  if (mode == "AUTO") into.ask.tool_choice("auto");
  if (mode == "NONE") into.ask.tool_choice("none");
  if (mode == "ANY") into.ask.tool_choice(names.empty() ? "required" : names.front().text());
}

// Where something in it has no word of ours, the whole of it goes as it is.
void add_config(const tree& config, request_reading& into) {
  auto ask = into.ask;
  member_taker of{config};
  of.number("maxOutputTokens", [&](double v) { ask.max_tokens(static_cast<std::uint32_t>(v)); });
  of.number("temperature", [&](double v) { ask.temperature(v); });
  of.number("topP", [&](double v) { ask.top_p(v); });
  of.number("topK", [&](double v) { ask.top_k(static_cast<std::uint32_t>(v)); });
  of.number("seed", [&](double v) { ask.seed(static_cast<std::int64_t>(v)); });
  of.number("candidateCount", [&](double v) { ask.choices(static_cast<std::uint32_t>(v)); });
  for (const auto& each : of.take("stopSequences").items) ask.stop(each.text());
  const auto& thinking = of.take("thinkingConfig");
  if (!thinking.at("includeThoughts").is_null()) ask.show_reasoning(thinking.at("includeThoughts").truth());
  if (!thinking.at("thinkingBudget").is_null())
    ask.reasoning_budget(static_cast<std::uint32_t>(thinking.at("thinkingBudget").number()));
  ask.reasoning_effort(thinking.at("thinkingLevel").text());
  const auto json = of.take("responseMimeType").text() == "application/json";
  if (const auto& schema = of.take("responseJsonSchema"); !schema.is_null())
    ask.response_schema(json_of(schema));
  else if (json)
    ask.json();
  if (of.has_rest())
    into.ask.extra("generationConfig", config.json());
  else
    into.ask = std::move(ask);
}

// The names that protocol buffers know besides.
struct other_name {
  const char* other;
  const char* name;
};
constexpr std::array other_names{
    other_name{"include_thoughts", "includeThoughts"},
    other_name{"thinking_budget", "thinkingBudget"},
    other_name{"response_mime_type", "responseMimeType"},
    other_name{"response_schema", "responseJsonSchema"},
    other_name{"responseSchema", "responseJsonSchema"},  // OpenAPI's subset and JSON schema: one member each,
    other_name{"parameters", "parametersJsonSchema"},    // and both are taken from what our user gives
    other_name{"parameters_json_schema", "parametersJsonSchema"},
};

void rename(tree& from) {
  for (const auto& each : other_names) {
    if (!from.has(each.other)) continue;
    from.members[each.name] = from.at(each.other);
    from.members.erase(each.other);
  }
}

}  // namespace

request_reading read_gemini_request(const tree& recorded) {
  const auto body = canonical_gemini_request(without_nulls(recorded));
  request_reading into;
  member_taker of{body};
  if (const auto& system = of.take("systemInstruction"); !system.is_null()) {
    message said{role::system, ""};
    for (const auto& each : system.at("parts").items) said.add(part::text(each.at("text").text()));
    into.ask.add(std::move(said));
  }
  for (const auto& each : of.take("contents").items) add_turn(each, into);
  add_tools(of, into);
  add_config(of.take("generationConfig"), into);
  of.rest_as_extra(into.ask);
  return into;
}

tree canonical_gemini_request(tree body) {
  body.members.erase("model");  // one client repeats what the path says
  if (body.has("systemInstruction")) body.members["systemInstruction"].members.erase("role");  // means nothing there
  for (auto& turn : body.members["contents"].items)
    for (auto& part : turn.members["parts"].items) {
      drop_false(part, {"thought"});
      if (part.has("inlineData")) {  // both alphabets of base64 are taken
        auto& data = part.members["inlineData"].members["data"].scalar;
        std::ranges::replace(data, '-', '+');
        std::ranges::replace(data, '_', '/');
      }
    }
  join_turns(body.members["contents"], "parts");
  for (auto& set : body.members["tools"].items)
    for (auto& each : set.members["functionDeclarations"].items) rename(each), drop_empty(each, {"description"});
  auto& config = body.members["generationConfig"];
  rename(config);
  if (config.has("thinkingConfig")) rename(config.members["thinkingConfig"]);
  drop_empty(body, {"generationConfig", "tools"});
  return body;
}

}  // namespace cohedge::tests
