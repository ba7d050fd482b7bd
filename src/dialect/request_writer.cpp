#include "request_writer.hpp"

#include <cohedge/core/base64.hpp>
#include <cohedge/wire/json_check.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace cohedge::dialect {
namespace {

constexpr std::string_view set_by_us[] = {"model", "messages", "prompt", "stream", "input", "contents"};

bool is_finite(const std::optional<double>& number) noexcept { return !number || std::isfinite(*number); }

error fault(std::string what) { return {errc::invalid_argument, std::move(what)}; }

}  // namespace

error request_fault(const chat_request::content& ask, std::string_view model) {
  if (model.empty()) return fault("no model is named");
  if (ask.messages.empty()) return fault("the request has no messages");
  if (!is_finite(ask.temperature)) return fault("temperature is not a number");
  if (!is_finite(ask.top_p)) return fault("top_p is not a number");
  if (!is_finite(ask.frequency_penalty)) return fault("frequency_penalty is not a number");
  if (!is_finite(ask.presence_penalty)) return fault("presence_penalty is not a number");
  for (const auto& [member, json] : ask.extra) {
    if (std::ranges::find(set_by_us, member) != std::end(set_by_us))
      return fault("extra: \"" + member + "\" is set by the request itself");
    if (!wire::is_json(json)) return fault("extra: the value of \"" + member + "\" is not JSON");
  }
  for (const auto& each : ask.tools) {
    if (each.name.empty()) return fault("a tool has no name");
    if (!each.parameters.empty() && !wire::is_json(each.parameters))
      return fault("the parameters of tool \"" + each.name + "\" are not JSON");
  }
  if (!ask.response_schema.empty() && !wire::is_json(ask.response_schema)) return fault("response_schema is not JSON");
  const auto& choice = ask.tool_choice;
  if (choice.empty() || choice == "auto" || choice == "none") return {};
  if (ask.tools.empty()) return fault("tool_choice \"" + choice + "\", but no tools are offered");
  if (choice == "required" || std::ranges::find(ask.tools, choice, &tool::name) != ask.tools.end()) return {};
  return fault("tool_choice names \"" + choice + "\", which is not among the tools offered");
}

error gaps::refusal() const {
  if (dropped_.empty() || ask_.drop_unsupported) return {};
  std::string text{api_};
  text.append(" cannot express ");
  for (const auto& each : dropped_) text.append(&each == &dropped_.front() ? "" : ", ").append(each);
  return {errc::unsupported, text.append(": leave it out, or allow that with drop_unsupported()")};
}

void write_data_url(wire::json_writer& json, std::string_view media_type, std::string_view bytes) {
  std::string url{"data:"};
  url.append(media_type).append(";base64,");
  append_base64(url, bytes);
  json.string(url);
}

void write_base64(wire::json_writer& json, std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  json.string(text);
}

request_writer::request_writer(const chat_request::content& ask, std::string& body) : ask_{ask}, json_{body} {
  std::size_t size = 160;
  for (const auto& turn : ask.messages) {
    size += turn.text.size() + turn.text.size() / 16 + 48;
    for (const auto& each : turn.parts) size += each.bytes().size() * 4 / 3 + 128;
  }
  for (const auto& each : ask.tools) size += each.description.size() + each.parameters.size() + 128;
  body.reserve(size);
}

void write_texts(const wire::json_string& name, const std::vector<std::string>& texts, wire::json_writer& json) {
  json.key(name).begin_array();
  for (const auto& each : texts) json.string(each);
  json.end_array();
}

bool has_name(const named_values& given, std::string_view name) noexcept {
  return std::ranges::any_of(given, [&](const auto& each) { return each.first == name; });
}

void request_writer::sampling() {
  optional("temperature", ask_.temperature);
  optional("top_p", ask_.top_p);
  optional("seed", ask_.seed);
  optional("user", ask_.user);
  optional("stop", ask_.stop);
}

bool request_writer::metadata() {
  if (ask_.metadata.empty() || !ours("metadata")) return false;
  json_.key("metadata").begin_object();
  each_last(ask_.metadata, [&](const auto& key, const auto& value) { json_.member(key, value); });
  json_.end_object();
  return true;
}

void request_writer::stream(bool yes, const deviations& server) {
  if (!yes) return;
  json_.member("stream", true);
  if (!(server.include_usage() || server.without_obfuscation()) || !ours("stream_options")) return;
  json_.key("stream_options").begin_object();
  if (server.include_usage()) json_.member("include_usage", true);
  if (server.without_obfuscation()) json_.member("include_obfuscation", false);
  json_.end_object();
}

void request_writer::extra(std::initializer_list<std::string_view> only) {
  each_last(ask_.extra, [&](const auto& member, const auto& value) {
    const bool meant = only.size() == 0 || std::ranges::find(only, member) != only.end();
    const bool written = std::ranges::find(left_out_, member) != left_out_.end();
    if (meant && !written) json_.key(member).raw(value);
  });
}

}  // namespace cohedge::dialect
