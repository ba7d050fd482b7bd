#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {

/// A JSON value that can be changed and compared, for requests: the order of members does not count, and a whole number
/// is the same with and without ".0".
struct tree {
  enum class kind { null, boolean, number, string, array, object };

  kind is = kind::null;
  std::string scalar;  ///< of a string its characters, of a number or boolean its text
  std::vector<tree> items;
  std::map<std::string, tree> members;

  bool operator==(const tree&) const = default;

  bool is_null() const { return is == kind::null; }
  bool is_string() const { return is == kind::string; }
  bool is_array() const { return is == kind::array; }
  bool is_object() const { return is == kind::object; }

  /// The member at the end of a path, or null (a value).
  template <typename... Names>
  const tree& at(std::string_view name, Names... names) const {
    const auto& found = member(name);
    if constexpr (sizeof...(names) > 0)
      return found.at(names...);
    else
      return found;
  }
  bool has(std::string_view name) const { return members.contains(std::string{name}); }
  /// Empty unless it is a string.
  std::string text() const { return is_string() ? scalar : std::string{}; }
  double number() const;
  bool truth() const { return is == kind::boolean && scalar == "true"; }
  std::string json() const;

  static tree of(std::string text);
  static tree list(std::vector<tree> items);
  static tree object(std::map<std::string, tree> members);

 private:
  const tree& member(std::string_view name) const;
};

/// Null where it is no JSON.
tree parse_tree(std::string_view json);

/// Members whose value is null, gone.
tree without_nulls(tree from);

/// The place and values of the first difference, or an empty text.
std::string differ(const tree& want, const tree& got, const std::string& where = {});

}  // namespace cohedge::tests
