#include "description.hpp"

namespace cohedge::config {

price_entry read_price(const member& at, problems& noted) {
  table_reader from{*at.value.as<node::table>(), "prices." + shown(at.key), noted};
  price_entry made;
  made.model = at.key;
  const auto needed = [&](std::string_view key) {
    if (!from.find(key)) from.problem({"", at.line, at.value}, std::string{key}.append(" is missing"));
    return from.number(key).value_or(0);
  };
  made.of_a_million.input = needed("input");
  made.of_a_million.output = needed("output");
  made.of_a_million.cached = from.number("cached");
  made.of_a_million.cache_written = from.number("cache_written");
  from.finish();
  return made;
}

}  // namespace cohedge::config
