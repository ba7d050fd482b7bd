#pragma once

#include <cohedge/core/error.hpp>

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>

#include <type_traits>
#include <utility>

namespace cohedge {

/// What every fallible call gives: a `T`, or an `error` that says what happened and what to do about it.
/// Boost.Outcome's `basic_result`, and a pointer's `->` and `*` for the value. Reading the side that is not there
/// terminates the program instead of throwing.
template <class T>
class [[nodiscard]] result
    : public BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, error, BOOST_OUTCOME_V2_NAMESPACE::policy::terminate> {
  using base = BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, error, BOOST_OUTCOME_V2_NAMESPACE::policy::terminate>;

 public:
  using base::base;

  std::add_pointer_t<T> operator->() { return &this->value(); }
  std::add_pointer_t<const T> operator->() const { return &this->value(); }
  std::add_lvalue_reference_t<T> operator*() & { return this->value(); }
  std::add_lvalue_reference_t<const T> operator*() const& { return this->value(); }
  std::add_rvalue_reference_t<T> operator*() && { return std::move(*this).value(); }
};

using BOOST_OUTCOME_V2_NAMESPACE::failure;
using BOOST_OUTCOME_V2_NAMESPACE::success;

}  // namespace cohedge
