#pragma once

#include <cohedge/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cohedge::config {

struct member;

/// A value of a configuration file and the line it stands on, free of the library that read it.
class node {
 public:
  using list = std::vector<node>;
  using table = std::vector<member>;  ///< in the order of the file
  using other = std::monostate;       ///< a date or a time: nothing here wants one
  using value_type = std::variant<other, std::string, std::int64_t, double, bool, list, table>;

  node(value_type what, int at_line);

  template <class T>
  const T* as() const noexcept {
    return std::get_if<T>(&value);
  }

  value_type value;
  int line;
};

struct member {
  std::string key;
  int line;
  node value;
};

// Here, where `member` is complete: a variant of tables of them can be made and destroyed.
inline node::node(value_type what, int at_line) : value{std::move(what)}, line{at_line} {}

/// Reads TOML 1.0. Errors: `errc::invalid_config`, with file and line in the detail.
result<node> read_toml(std::string_view text, std::string_view file_name);

}  // namespace cohedge::config
