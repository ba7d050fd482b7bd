#include <cohedge/chat/price.hpp>

#include <algorithm>

namespace cohedge {

price_table& price_table::set(std::string model, const price& of_a_million) {
  const auto known = std::ranges::find(prices_, model, &std::pair<std::string, price>::first);
  if (known != prices_.end())
    known->second = of_a_million;
  else
    prices_.emplace_back(std::move(model), of_a_million);
  return *this;
}

std::optional<double> price_table::cost(const usage& tokens, std::string_view model) const {
  const price* found = nullptr;
  std::size_t fits = 0;  // one more than the length that fits
  for (const auto& [name, each] : prices_) {
    const bool open = name.ends_with('*');
    const std::string_view beginning{name.data(), name.size() - (open ? 1 : 0)};
    if (open ? !model.starts_with(beginning) : model != beginning) continue;
    const auto length = open ? beginning.size() + 1 : name.size() + 2;  // the whole name wins over a beginning as long
    if (length < fits) continue;
    fits = length;
    found = &each;
  }
  if (!found || !tokens.reported) return std::nullopt;
  const auto special = std::min(tokens.input, tokens.cached + tokens.cache_written);
  const double sum = static_cast<double>(tokens.input - special) * found->input +
                     static_cast<double>(tokens.cached) * found->cached.value_or(found->input) +
                     static_cast<double>(tokens.cache_written) * found->cache_written.value_or(found->input) +
                     static_cast<double>(tokens.output) * found->output;
  return sum / 1e6;
}

}  // namespace cohedge
