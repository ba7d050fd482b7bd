// What providers give besides answers: vectors, lists of models, counts of tokens.

#include "replay/reading.hpp"

#include "conform/cuts.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdio>

namespace cohedge::tests {
namespace {

// Numbers, or in base64 floats, lowest byte first; Perplexity's models make whole numbers of one byte.
std::vector<float> vector_of(dom::element from, bool of_bytes = false) {
  std::vector<float> values;
  for (const auto each : dom::items(from)) values.push_back(static_cast<float>(each.get_double().value_unsafe()));
  if (!from.is_string()) return values;
  const auto bytes = from_base64(from.get_string().value_unsafe());
  if (of_bytes)
    for (const char each : bytes) values.push_back(static_cast<signed char>(each));
  if (of_bytes) return values;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t bits = 0;
    for (std::size_t i = 4; i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(bytes[at + i]);
    values.push_back(std::bit_cast<float>(bits));
  }
  return values;
}

// "2025-11-24T00:00:00Z"
std::int64_t seconds_of(const std::string& date) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  if (std::sscanf(date.c_str(), "%d-%d-%dT%d:%d:%d", &y, &mo, &d, &h, &mi, &s) != 6) return 0;
  using namespace std::chrono;
  const sys_days day{year{y} / month{static_cast<unsigned>(mo)} / static_cast<unsigned>(d)};
  return duration_cast<seconds>(day.time_since_epoch()).count() + h * 3600 + mi * 60 + s;
}

std::string first_text(dom::element from, std::initializer_list<const char*> members) {
  for (const auto* member : members)
    if (auto found = dom::text(from, member); !found.empty()) return found;
  return {};
}

}  // namespace

void read_vectors(dom::element document, reading& into) {
  auto& vectors = into.found.vectors;
  const bool of_bytes = dom::text(document, "model").starts_with("pplx-");
  for (const auto each : dom::items(document, "data"))
    if (const auto values = dom::find(each, "embedding")) vectors.push_back(vector_of(*values, of_bytes));
  for (const auto each : dom::items(document, "embeddings"))
    vectors.push_back(vector_of(dom::find(each, "values").value_or(each)));
  for (const auto each : dom::items(document, "embeddings", "float")) vectors.push_back(vector_of(each));
  if (const auto only = dom::find(document, "embedding", "values")) vectors.push_back(vector_of(*only));

  auto& counts = into.found.usage;
  counts.input = std::max({dom::count(document, "usage", "prompt_tokens"), dom::count(document, "prompt_eval_count"),
                           dom::count(document, "usageMetadata", "promptTokenCount"),
                           dom::count(document, "meta", "billed_units", "input_tokens")});
  counts.total = std::max({dom::count(document, "usage", "total_tokens"),
                           dom::count(document, "usageMetadata", "totalTokenCount"), counts.input});
  if (counts.input == 0) counts.input = counts.total;  // nothing but a prompt goes in
  counts.reported = counts.total != 0;
}

void read_models(dom::element document, reading& into) {
  for (const auto* list : {"data", "models"}) {
    for (const auto each : dom::items(document, list)) {
      auto& model = into.found.models.emplace_back();
      model.id = first_text(each, {"id", "name", "model"});
      if (model.id.starts_with("models/")) model.id.erase(0, 7);
      model.name = first_text(each, {"display_name", "displayName"});
      model.owner = dom::text(each, "owned_by");
      model.created = static_cast<std::int64_t>(dom::count(each, "created"));
      if (const auto date = dom::text(each, "created_at"); !date.empty()) model.created = seconds_of(date);
      model.context_window = std::max({dom::count(each, "max_input_tokens"), dom::count(each, "inputTokenLimit"),
                                       dom::count(each, "context_window"), dom::count(each, "max_context_length")});
    }
    if (!into.found.models.empty()) return;  // llama.cpp says it all twice
  }
}

void read_count(dom::element document, reading& into) {
  into.found.count = std::max(
      {dom::count(document, "input_tokens"), dom::count(document, "totalTokens"), dom::count(document, "inputTokens")});
}

}  // namespace cohedge::tests
