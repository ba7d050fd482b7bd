#pragma once

#include <cohedge/wire/json_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json_text.hpp"

namespace cohedge::dialect {

/// Puts a tool call's arguments together from Vertex's partialArgs: values, or pieces of strings, each with the place
/// it belongs to as a JSONPath (RFC 9535) of names and indices: `$.where['full name'].parts[0]`.
class partial_arguments {
 public:
  /// One element of partialArgs. False: its path is no such path, it contradicts what came before, or it is too much.
  bool add(simdjson::ondemand::value& piece);
  bool empty() const noexcept { return root_.children.empty(); }
  /// All of them, as a JSON object.
  std::string json() const;
  void clear();

 private:
  enum class kind : unsigned char { unknown, text, scalar, object, list };
  struct node {
    kind what = kind::unknown;
    std::string key;
    std::string value;  // of a text: unescaped; of a scalar: JSON
    std::vector<node> children;
  };

  node* find(std::string_view path);
  node* child(node& of, kind what, std::string key);
  static bool step(std::string_view& path, kind& what, std::string& key);
  static void write(const node& from, wire::json_writer& json);

  node root_{kind::object, {}, {}, {}};
  std::size_t nodes_ = 0;
};

}  // namespace cohedge::dialect
