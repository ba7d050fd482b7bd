#pragma once

#include "node.hpp"
#include "problems.hpp"

#include <cohedge/core/units.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::config {

/// Takes a table's members one by one and notes what is wrong with each. A key that nobody asked for is a problem too,
/// so ask for all of them before `finish`.
class table_reader {
 public:
  /// `path` is how messages call the table: "providers.gpt".
  table_reader(const node::table& members, std::string path, problems& noted)
      : members_{members}, path_{std::move(path)}, problems_{noted} {}

  /// A member as it is; null where it is absent.
  const member* find(std::string_view key);

  std::optional<std::string> text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);
  /// From 0 up.
  std::optional<double> number(std::string_view key);
  std::optional<duration> time(std::string_view key);
  /// "64MB" or a number of bytes.
  std::optional<std::uint64_t> bytes(std::string_view key);
  /// The index of the member's text among the words.
  std::optional<std::size_t> word(std::string_view key, const std::vector<std::string_view>& known);
  std::vector<std::string> texts(std::string_view key);
  const member* table(std::string_view key);

  void problem(const member& at, std::string_view what) { problems_.add(at.line, path_to(at.key), what); }
  std::string path_to(std::string_view key) const;
  problems& noted() noexcept { return problems_; }

  /// Notes every key that was not asked for.
  void finish();

 private:
  const node::table& members_;
  std::string path_;
  problems& problems_;
  std::vector<std::string_view> asked_;
};

/// A number, whole or not; nothing for what is none or not finite.
std::optional<double> number_of(const node& value) noexcept;

/// A key as messages show it: controls replaced, cut at 64 characters.
std::string shown(std::string_view text);

}  // namespace cohedge::config
