#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Reading JSON for the recorded traffic: short names for simdjson's DOM. What is absent, null or of another type reads
// as nothing.
namespace cohedge::tests::dom {

using simdjson::dom::element;

/// The member at the end of a path of names, unless it is null.
template <typename... Names>
std::optional<element> find(element from, Names... names) {
  bool there = true;
  [[maybe_unused]] const auto step = [&](const char* name) {
    there = there && from[name].get(from) == simdjson::SUCCESS;
  };
  (step(names), ...);
  if (!there || from.is_null()) return std::nullopt;
  return from;
}

template <typename... Names>
std::string text(element from, Names... names) {
  const auto at = find(from, names...);
  return at && at->is_string() ? std::string{at->get_string().value_unsafe()} : std::string{};
}

template <typename... Names>
std::uint64_t count(element from, Names... names) {
  const auto at = find(from, names...);
  std::uint64_t value = 0;
  return at && at->get(value) == simdjson::SUCCESS ? value : 0;
}

/// The items of a list, or none.
template <typename... Names>
std::vector<element> items(element from, Names... names) {
  std::vector<element> all;
  const auto at = find(from, names...);
  simdjson::dom::array list;
  if (at && at->get(list) == simdjson::SUCCESS)
    for (const auto each : list) all.push_back(each);
  return all;
}

template <typename... Names>
std::string minified(element from, Names... names) {
  const auto at = find(from, names...);
  return at ? std::string{simdjson::minify(*at)} : std::string{};
}

}  // namespace cohedge::tests::dom
