#pragma once

#include <cohedge/core/error.hpp>

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>

namespace cohedge {

/// What every fallible call gives: a `T`, or an `error` that says what happened and what to do about it.
/// Boost.Outcome's `basic_result`; reading the side that is not there terminates the program instead of throwing.
template <class T>
using result = BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, error, BOOST_OUTCOME_V2_NAMESPACE::policy::terminate>;

using BOOST_OUTCOME_V2_NAMESPACE::failure;
using BOOST_OUTCOME_V2_NAMESPACE::success;

}  // namespace cohedge
