#include "description.hpp"

#include <algorithm>

namespace cohedge::config {

namespace {

std::optional<double> weight_of(const node& value) {
  const auto number = number_of(value);
  return number && *number > 0 ? number : std::nullopt;
}

void read_weight_list(table_reader& from, const member& at, const node::list& items, route_entry& into) {
  if (items.size() != into.candidates.size())
    from.problem(at, std::to_string(items.size()) + " weights for " + std::to_string(into.candidates.size()) +
                         " candidates: give one for each");
  for (const auto& item : items) {
    const auto weight = weight_of(item);
    if (!weight) return from.problem(at, "a weight must be a number above 0");
    into.weights.push_back(*weight);
  }
}

// {gpt = 90, local = 10}: names the candidates as well, where they are not listed.
void read_weight_table(table_reader& from, const member& at, const node::table& arms, route_entry& into) {
  table_reader named{arms, from.path_to(at.key), from.noted()};
  if (!from.find("candidates"))
    for (const auto& arm : arms) into.candidates.push_back(arm.key);
  for (const auto& candidate : into.candidates) {
    const auto* arm = named.find(candidate);
    const auto weight = arm ? weight_of(arm->value) : std::nullopt;
    if (!arm)
      from.problem(at, "has no weight for \"" + shown(candidate) + "\"");
    else if (!weight)
      named.problem(*arm, "a weight must be a number above 0");
    into.weights.push_back(weight.value_or(1));
  }
  named.finish();
}

void read_weights(table_reader& from, route_entry& into) {
  const auto* at = from.find("weights");
  if (!at) {
    into.weights.assign(into.candidates.size(), 1.0);
    return;
  }
  if (into.strategy != strategy_kind::split)
    from.problem(*at, "belongs to strategy = \"split\"");
  else if (const auto* items = at->value.as<node::list>())
    read_weight_list(from, *at, *items, into);
  else if (const auto* arms = at->value.as<node::table>())
    read_weight_table(from, *at, *arms, into);
  else
    from.problem(*at, "must be {name = weight, …} or [weight, …]");
}

std::optional<cache_entry> read_cache(table_reader& from) {
  const auto* at = from.table("cache");
  if (!at) return std::nullopt;
  table_reader options{*at->value.as<node::table>(), from.path_to("cache"), from.noted()};
  cache_entry cache;
  if (!options.find("entries")) from.problem(*at, "entries is missing: how many answers to keep");
  cache.entries = static_cast<std::size_t>(options.whole("entries", 1, 100'000'000).value_or(1));
  if (const auto most = options.bytes("bytes")) cache.bytes = static_cast<std::size_t>(*most);
  if (const auto ttl = options.time("ttl")) cache.time_to_live = *ttl;
  options.finish();
  return cache;
}

plan::fall_over read_fall_over(table_reader& from) {
  static const std::vector<std::string_view> known{"caller_fault", "context_window", "content_policy"};
  plan::fall_over allowed;
  const auto* at = from.find("fall_over");
  for (const auto& kind : from.texts("fall_over")) {
    if (kind == known[0])
      allowed.on_caller_fault();
    else if (kind == known[1])
      allowed.on_context_window();
    else if (kind == known[2])
      allowed.on_content_policy();
    else
      from.problem(*at, '"' + shown(kind) + "\" is not known" + hint(kind, known));
  }
  return allowed;
}

}  // namespace

route_entry read_route(const member& at, problems& noted) {
  route_entry made;
  made.name = at.key;
  made.line = at.line;
  table_reader from{*at.value.as<node::table>(), "routes." + shown(at.key), noted};
  if (const auto picked = from.word("strategy", {"fallback", "race", "hedge", "split"}))
    made.strategy = static_cast<strategy_kind>(*picked);
  made.candidates = from.texts("candidates");
  read_weights(from, made);
  if (made.candidates.empty() && !from.find("candidates"))
    from.problem({"", at.line, at.value}, "candidates is missing: the names of providers or routes, best first");
  else if (made.candidates.empty() && from.find("candidates")->value.as<node::list>())
    from.problem(*from.find("candidates"), "must name at least one provider or route");
  for (auto name = made.candidates.begin(); name != made.candidates.end(); ++name)
    if (std::find(made.candidates.begin(), name, *name) != name)
      from.problem(*from.find("candidates"), "names \"" + shown(*name) + "\" twice");

  made.delay = from.time("delay");
  if (const auto* delay = from.find("delay"); delay && made.strategy != strategy_kind::hedge)
    from.problem(*delay, "belongs to strategy = \"hedge\"");
  made.deadline = from.time("deadline");
  made.retries = from.whole("retries", 0, 100);
  made.attempts = from.whole("attempts", 1, 100);
  made.cache = read_cache(from);
  made.fall_over = read_fall_over(from);
  from.finish();
  return made;
}

}  // namespace cohedge::config
