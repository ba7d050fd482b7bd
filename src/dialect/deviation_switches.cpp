#include <cohedge/dialect/deviation_switches.hpp>

#include <array>

namespace cohedge::dialect {
namespace {

using words = std::span<const std::string_view>;

template <class Value, Value (deviations::*Get)() const noexcept, deviations& (deviations::*Set)(Value) noexcept>
constexpr deviation_switch row(std::string_view name, words values) {
  return {name, values, [](const deviations& of) noexcept { return static_cast<std::size_t>((of.*Get)()); },
          [](deviations& of, std::size_t value) noexcept { (of.*Set)(static_cast<Value>(value)); }};
}

template <bool (deviations::*Get)() const noexcept, deviations& (deviations::*Set)(bool) noexcept>
constexpr deviation_switch flag(std::string_view name) {
  return row<bool, Get, Set>(name, {});
}

// In the order of the enumerations.
constexpr std::array<std::string_view, 2> limits{"max_tokens", "max_completion_tokens"};
constexpr std::array<std::string_view, 2> roles{"system", "developer"};
constexpr std::array<std::string_view, 4> thinking{"reasoning_effort", "reasoning", "thinking", "enable_thinking"};
constexpr std::array<std::string_view, 4> reasoning{"none", "reasoning_content", "reasoning", "reasoning_details"};

using d = deviations;
constexpr std::array switches{
    row<d::max_tokens_member, &d::max_tokens_as, &d::max_tokens_as>("max_tokens_as", limits),
    row<d::system_role, &d::system_as, &d::system_as>("system_as", roles),
    row<d::thinking_request, &d::thinking_as, &d::thinking_as>("thinking_as", thinking),
    row<d::reasoning_member, &d::reasoning_back_as, &d::reasoning_back_as>("reasoning_back_as", reasoning),
    flag<&d::include_usage, &d::include_usage>("include_usage"),
    flag<&d::without_obfuscation, &d::without_obfuscation>("without_obfuscation"),
    flag<&d::finish_reason_optional, &d::finish_reason_optional>("finish_reason_optional"),
    flag<&d::random_seed, &d::random_seed>("random_seed"),
    flag<&d::required_is_any, &d::required_is_any>("required_is_any"),
    flag<&d::top_k, &d::top_k>("top_k"),
    flag<&d::json_schema, &d::json_schema>("json_schema"),
    flag<&d::cache_control, &d::cache_control>("cache_control"),
    flag<&d::shows_reasoning, &d::shows_reasoning>("shows_reasoning"),
    flag<&d::refusal_member, &d::refusal_member>("refusal_member"),
    flag<&d::call_signatures, &d::call_signatures>("call_signatures"),
};

}  // namespace

std::span<const deviation_switch> deviation_switches() noexcept { return switches; }

}  // namespace cohedge::dialect
