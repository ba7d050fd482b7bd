#include "replay/json_tree.hpp"

#include "replay/dom.hpp"

#include <cstdio>
#include <cstdlib>

namespace cohedge::tests {
namespace {

using simdjson::dom::element_type;

tree scalar(tree::kind is, std::string text) {
  tree made;
  made.is = is;
  made.scalar = std::move(text);
  return made;
}

std::string number_text(dom::element from) {
  double value = 0;
  if (from.is_double() && from.get(value) == simdjson::SUCCESS) {
    char text[40];
    std::snprintf(text, sizeof text, "%.15g", value);
    return text;
  }
  return simdjson::minify(from);
}

tree convert(dom::element from) {
  tree made;
  switch (from.type()) {
    case element_type::NULL_VALUE: return made;
    case element_type::BOOL: return scalar(tree::kind::boolean, simdjson::minify(from));
    case element_type::STRING: return tree::of(std::string{from.get_string().value_unsafe()});
    case element_type::ARRAY:
      made.is = tree::kind::array;
      for (const auto each : dom::items(from)) made.items.push_back(convert(each));
      return made;
    case element_type::OBJECT: {
      made.is = tree::kind::object;
      const simdjson::dom::object all = from.get_object().value_unsafe();
      for (const auto each : all) made.members.emplace(each.key, convert(each.value));
      return made;
    }
    default: return scalar(tree::kind::number, number_text(from));
  }
}

std::string json_string(std::string_view text) {
  std::string out{'"'};
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    char code[8];
    std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    if (static_cast<unsigned char>(c) < 0x20)
      out += code;
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

const tree& tree::member(std::string_view name) const {
  static const tree nothing;
  const auto found = members.find(std::string{name});
  return found == members.end() ? nothing : found->second;
}

double tree::number() const { return is == kind::number ? std::strtod(scalar.c_str(), nullptr) : 0; }

std::string tree::json() const {
  std::string out;
  switch (is) {
    case kind::null: return "null";
    case kind::boolean:
    case kind::number: return scalar;
    case kind::string: return json_string(scalar);
    case kind::array:
      for (const auto& each : items) out += (out.empty() ? "" : ",") + each.json();
      return "[" + out + "]";
    case kind::object:
      for (const auto& [name, value] : members)
        out += (out.empty() ? "" : ",") + json_string(name) + ":" + value.json();
      return "{" + out + "}";
  }
  return out;
}

tree tree::of(std::string text) { return cohedge::tests::scalar(kind::string, std::move(text)); }

tree tree::list(std::vector<tree> items) {
  tree made;
  made.is = kind::array;
  made.items = std::move(items);
  return made;
}

tree tree::object(std::map<std::string, tree> members) {
  tree made;
  made.is = kind::object;
  made.members = std::move(members);
  return made;
}

tree parse_tree(std::string_view json) {
  simdjson::dom::parser parser;
  dom::element root;
  return parser.parse(json.data(), json.size(), true).get(root) == simdjson::SUCCESS ? convert(root) : tree{};
}

tree without_nulls(tree from) {
  std::erase_if(from.members, [](const auto& each) { return each.second.is_null(); });
  for (auto& [name, value] : from.members) value = without_nulls(std::move(value));
  for (auto& each : from.items) each = without_nulls(std::move(each));
  return from;
}

std::string differ(const tree& want, const tree& got, const std::string& where) {
  if (want == got) return {};
  if (want.is_object() && got.is_object()) {
    for (const auto& [name, value] : want.members) {
      if (!got.has(name)) return where + "/" + name + ": missing, want " + value.json().substr(0, 80);
      if (auto found = differ(value, got.at(name), where + "/" + name); !found.empty()) return found;
    }
    for (const auto& [name, value] : got.members)
      if (!want.has(name)) return where + "/" + name + ": not wanted, got " + value.json().substr(0, 80);
  }
  if (want.is_array() && got.is_array()) {
    for (std::size_t i = 0; i < want.items.size() && i < got.items.size(); ++i)
      if (auto found = differ(want.items[i], got.items[i], where + "/" + std::to_string(i)); !found.empty())
        return found;
    return where + ": want " + std::to_string(want.items.size()) + " items, got " + std::to_string(got.items.size());
  }
  return where + ": want " + want.json().substr(0, 80) + ", got " + got.json().substr(0, 80);
}

}  // namespace cohedge::tests
