#include "reasoning_details.hpp"

#include "answer_reader.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cohedge::dialect {
namespace {

bool is_readable_text(std::string_view name) noexcept { return name == "\"text\"" || name == "\"summary\""; }

}  // namespace

void reasoning_details::clear() {
  all_.clear();
  staged_.clear();
}

std::string_view reasoning_details::detail::get(std::string_view quoted_name) const noexcept {
  const auto found = std::ranges::find(members, quoted_name, &member::name);
  return found == members.end() ? std::string_view{} : std::string_view{found->json};
}

bool reasoning_details::stage(simdjson::ondemand::object& element) {
  detail next;
  const bool good = each_member(element, [&](const char* key, simdjson::ondemand::value& what) {
    std::string_view json;
    if (!raw_json(what, json) || next.members.size() >= most_members) return false;
    const char* end = key;
    while (*end != '"') end += *end == '\\' ? 2 : 1;
    next.members.push_back({std::string{key - 1, end + 1}, std::string{trimmed(json)}});
    return true;
  });
  if (good && !next.members.empty()) staged_.push_back(std::move(next));
  return good;
}

void reasoning_details::unstage(std::size_t first) {
  staged_.erase(staged_.begin(), staged_.begin() + static_cast<std::ptrdiff_t>(first));
}

bool reasoning_details::settle(std::uint32_t choice) {
  const auto earlier = all_.size();
  for (auto& next : staged_) {
    next.choice = choice;
    const auto end = all_.rend();
    const auto known = std::find_if(all_.rbegin() + static_cast<std::ptrdiff_t>(all_.size() - earlier), end,
                                    [&](const detail& each) { return continues(each, next); });
    if (known != end)
      append(*known, std::move(next));
    else
      all_.push_back(std::move(next));
    if (all_.size() > most) return false;
  }
  staged_.clear();
  return true;
}

// The same element of the list goes on: same kind and index, and it brings more text or what comes at the end.
bool reasoning_details::continues(const detail& earlier, const detail& next) noexcept {
  const auto kind = next.get("\"type\"");
  return earlier.choice == next.choice && kind != "\"reasoning.encrypted\"" && kind == earlier.get("\"type\"") &&
         next.get("\"index\"") == earlier.get("\"index\"");
}

void reasoning_details::append(detail& earlier, detail&& next) {
  for (auto& more : next.members) {
    const auto known = std::ranges::find(earlier.members, more.name, &member::name);
    if (known == earlier.members.end()) {
      if (earlier.members.size() < most_members) earlier.members.push_back(std::move(more));
    } else if (is_readable_text(more.name) && known->json.starts_with('"') && more.json.starts_with('"')) {
      known->json.pop_back();
      known->json.append(more.json, 1);
    } else if (more.json != "null") {
      known->json = std::move(more.json);
    }
  }
}

std::vector<reasoning_details::item> reasoning_details::take(std::uint32_t choice) {
  std::vector<item> items;
  for (const auto& each : all_) {
    if (each.choice != choice) continue;
    item one{{}, "{"};
    for (const auto& [name, json] : each.members)
      one.json.append(one.json.size() > 1 ? "," : "").append(name).append(":").append(json);
    one.json += '}';
    if (const auto id = each.get("\"id\""); id.starts_with('"')) one.id = id;
    items.push_back(std::move(one));
  }
  std::erase_if(all_, [&](const detail& each) { return each.choice == choice; });
  return items;
}

}  // namespace cohedge::dialect
