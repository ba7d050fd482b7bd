#include "partial_arguments.hpp"

#include <cohedge/wire/json_check.hpp>

#include "answer_reader.hpp"

#include <algorithm>
#include <utility>

namespace cohedge::dialect {
namespace {

constexpr std::size_t most_nodes = 4096;
constexpr std::size_t deepest = 64;

}  // namespace

void partial_arguments::clear() {
  root_.children.clear();
  nodes_ = 0;
}

bool partial_arguments::add(simdjson::ondemand::value& piece) {
  std::string path, text;
  std::string_view scalar;
  bool is_text = false;
  const bool good = each_member(piece, [&](const char* key, simdjson::ondemand::value& what) {
    const auto token = trimmed(what.raw_json_token());
    if (is_key(key, "jsonPath")) return append_text(token, path);
    if (is_key(key, "stringValue")) return is_text = append_text(token, text);
    if (is_key(key, "numberValue") || is_key(key, "boolValue")) scalar = token;
    if (is_key(key, "nullValue")) scalar = "null";
    return true;
  });
  auto* const at = good && (scalar.empty() || wire::is_json(scalar)) ? find(path) : nullptr;
  if (at == nullptr || at == &root_ || !at->children.empty()) return false;
  if (is_text) {
    at->what = kind::text;
    at->value.append(text);
  } else if (!scalar.empty()) {
    at->what = kind::scalar;
    at->value = scalar;
  }
  return true;
}

// Takes one step off the front of a path: ".name", "['name']" or "[0]".
bool partial_arguments::step(std::string_view& path, kind& what, std::string& key) {
  const bool dot = path.starts_with('.');
  const bool quoted = path.starts_with("['") || path.starts_with("[\"");
  what = dot || quoted ? kind::object : kind::list;
  const std::string_view end = dot ? ".[" : !quoted ? "]" : path[1] == '\'' ? "']" : "\"]";
  path.remove_prefix(quoted ? 2 : 1);
  const auto size = dot ? std::min(path.find_first_of(end), path.size()) : path.find(end);
  if (size == std::string_view::npos) return false;
  key = path.substr(0, size);
  path.remove_prefix(size + (dot ? 0 : end.size()));
  return !key.empty() && (what == kind::object || key.find_first_not_of("0123456789") == std::string::npos);
}

partial_arguments::node* partial_arguments::find(std::string_view path) {
  if (!path.starts_with('$')) return nullptr;
  path.remove_prefix(1);
  auto* at = &root_;
  for (std::size_t depth = 0; !path.empty(); ++depth) {
    kind what{};
    std::string key;
    const bool good = depth < deepest && (path.front() == '.' || path.front() == '[') && step(path, what, key);
    at = good ? child(*at, what, std::move(key)) : nullptr;
    if (at == nullptr) return nullptr;
  }
  return at;
}

// The newest is the likeliest. A list's elements come in their order.
partial_arguments::node* partial_arguments::child(node& of, kind what, std::string key) {
  if (of.what == kind::unknown) of.what = what;
  if (of.what != what) return nullptr;
  const auto known =
      std::find_if(of.children.rbegin(), of.children.rend(), [&](const node& one) { return one.key == key; });
  if (known != of.children.rend()) return &*known;
  if (++nodes_ > most_nodes) return nullptr;
  auto& added = of.children.emplace_back();
  added.key = std::move(key);
  return &added;
}

void partial_arguments::write(const node& from, wire::json_writer& json) {
  switch (from.what) {
    case kind::unknown: json.null(); break;
    case kind::text: json.string(from.value); break;
    case kind::scalar: json.raw(from.value); break;
    case kind::object:
      json.begin_object();
      for (const auto& each : from.children) write(each, json.key(each.key));
      json.end_object();
      break;
    case kind::list:
      json.begin_array();
      for (const auto& each : from.children) write(each, json);
      json.end_array();
      break;
  }
}

std::string partial_arguments::json() const {
  std::string text;
  wire::json_writer json{text};
  write(root_, json);
  return text;
}

}  // namespace cohedge::dialect
