#include <cohedge/plan/advice.hpp>

#include <array>
#include <cstddef>

namespace cohedge::plan {

namespace {

constexpr auto no = retry_same::no;
constexpr auto once = retry_same::once;
constexpr auto yes = retry_same::yes;

struct row {
  error_class kind;
  retry_advice says;
};

// docs/errors.md explains every row. A class that neither cools nor counts nor is void is the answer of a healthy
// target.
constexpr std::array table{
    //                              same  next   cools  counts void
    row{error_class::cancelled,      {no,   false, false, false, true}},
    row{error_class::caller_fault,   {no,   false, false, false, false}},
    row{error_class::context_window, {no,   false, false, false, false}},
    row{error_class::content_policy, {no,   false, false, false, false}},
    row{error_class::credential,     {no,   true,  true,  false, false}},
    row{error_class::quota,          {no,   true,  true,  false, false}},
    row{error_class::model_gone,     {no,   true,  true,  false, false}},
    row{error_class::rate_limited,   {yes,  true,  true,  false, false}},
    row{error_class::transient,      {yes,  true,  false, true,  false}},
    row{error_class::overloaded,     {once, true,  false, true,  false}},  // cools only after the second
    row{error_class::connect,        {yes,  true,  false, true,  false}},  // cools only after two in a row
    row{error_class::transport,      {once, true,  true,  true,  false}},  // once: it may have been billed
    row{error_class::pre_content,    {yes,  true,  false, true,  false}},
    row{error_class::truncated,      {no,   false, false, true,  false}},
    row{error_class::stalled,        {no,   false, true,  true,  false}},
    row{error_class::superseded,     {no,   false, false, false, true}},
    row{error_class::all_cooled,     {yes,  true,  false, false, true}},   // only with a known end: see retry
    row{error_class::local,          {no,   true,  false, false, true}},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].kind) != i) return false;
  }
  return table.size() == static_cast<std::size_t>(error_class::local) + 1;
}
static_assert(in_order(), "the table is indexed by error_class");

}  // namespace

retry_advice advice(error_class kind, errc code) noexcept {
  const auto index = static_cast<std::size_t>(kind);
  retry_advice says = table[index < table.size() ? index : static_cast<std::size_t>(error_class::local)].says;
  if (code == errc::closed) {
    says.retry_same = no;
    says.try_next = false;
  }
  return says;
}

stagger::verdict verdict_of(const error& failure, fall_over allowed) noexcept {
  const bool next = advice(failure.kind(), failure.code()).try_next || allowed.on(failure.kind());
  return next ? stagger::verdict::failed : stagger::verdict::fatal;
}

}  // namespace cohedge::plan
