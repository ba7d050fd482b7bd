#include "catch.hpp"

#include <cohedge/plan/advice.hpp>

using cohedge::errc;
using cohedge::error;
using cohedge::error_class;
using cohedge::plan::advice;
using cohedge::plan::fall_over;
using cohedge::plan::retry_same;
using cohedge::plan::stagger;
using cohedge::plan::verdict_of;
using verdict = stagger::verdict;

namespace {

constexpr auto no = retry_same::no;
constexpr auto once = retry_same::once;
constexpr auto yes = retry_same::yes;

struct expectation {
  error_class kind;
  retry_same same;
  bool next;
  bool cools;
  bool counts;
  bool is_void;
};

}  // namespace

TEST_CASE("advice: every class has its row of the decision table", "[plan][advice]") {
  const expectation rows[] = {
      {error_class::cancelled, no, false, false, false, true},         // row 1
      {error_class::caller_fault, no, false, false, false, false},     // 2
      {error_class::context_window, no, false, false, false, false},   // 3
      {error_class::content_policy, no, false, false, false, false},   // 4
      {error_class::credential, no, true, true, false, false},         // 5
      {error_class::quota, no, true, true, false, false},              // 6
      {error_class::model_gone, no, true, true, false, false},         // 7
      {error_class::rate_limited, yes, true, true, false, false},      // 8, 9
      {error_class::transient, yes, true, false, true, false},         // 10, 11
      {error_class::overloaded, once, true, false, true, false},       // 12
      {error_class::connect, yes, true, false, true, false},           // 13
      {error_class::transport, once, true, true, true, false},         // 14
      {error_class::pre_content, yes, true, false, true, false},       // 15
      {error_class::truncated, no, false, false, true, false},         // 16, 17
      {error_class::stalled, no, false, true, true, false},            // 19
      {error_class::superseded, no, false, false, false, true},        // 20
      {error_class::all_cooled, yes, true, false, false, true},        // 21
      {error_class::local, no, true, false, false, true},
  };
  REQUIRE(std::size(rows) == static_cast<std::size_t>(error_class::local) + 1);
  for (const auto& row : rows) {
    INFO(to_string(row.kind));
    const auto says = advice(row.kind);
    CHECK(says.retry_same == row.same);
    CHECK(says.try_next == row.next);
    CHECK(says.cools == row.cools);
    CHECK(says.counts == row.counts);
    CHECK(says.void_attempt == row.is_void);
  }
}

TEST_CASE("advice: a class out of range is treated as our own fault", "[plan][advice]") {
  CHECK(advice(static_cast<error_class>(200)) == advice(error_class::local));
}

TEST_CASE("advice: on a closed client nobody else can help", "[plan][advice]") {
  CHECK_FALSE(advice(error_class::local, errc::closed).try_next);
  CHECK(verdict_of(errc::closed) == verdict::fatal);
  CHECK(verdict_of(errc::unhandled_exception) == verdict::failed);  // of one candidate's own code
  CHECK(verdict_of(errc::no_candidates) == verdict::failed);        // of a nested route
}

TEST_CASE("advice: trap 6, our own timeouts lead to the next candidate, except after content", "[plan][advice]") {
  CHECK(verdict_of(errc::connect_timeout) == verdict::failed);
  CHECK(verdict_of(errc::header_timeout) == verdict::failed);
  CHECK(verdict_of(errc::first_content_timeout) == verdict::failed);
  CHECK(verdict_of(errc::total_timeout) == verdict::failed);
  CHECK(verdict_of(errc::between_content_timeout) == verdict::fatal);
  CHECK(verdict_of(errc::deadline_exceeded) == verdict::fatal);
}

TEST_CASE("advice: trap 16, who cancels is no failure of the provider", "[plan][advice]") {
  for (const auto code : {errc::cancelled, errc::superseded, errc::deadline_exceeded}) {
    const error failure{code};
    INFO(to_string(code));
    CHECK(advice(failure.kind(), failure.code()).void_attempt);
    CHECK_FALSE(advice(failure.kind(), failure.code()).counts);
    CHECK_FALSE(advice(failure.kind(), failure.code()).cools);
  }
}

TEST_CASE("advice: trap 17, after content nothing is tried again", "[plan][advice]") {
  for (const auto code : {errc::truncated, errc::between_content_timeout}) {
    INFO(to_string(code));
    CHECK(advice(error{code}.kind(), code).retry_same == no);
    CHECK(verdict_of(code) == verdict::fatal);
  }
}

TEST_CASE("advice: a fault of the request is fatal unless its switch is on", "[plan][advice]") {
  const error caller{errc::http_status, error_class::caller_fault};
  const error window{errc::http_status, error_class::context_window};
  const error policy{errc::http_status, error_class::content_policy};
  for (const auto& failure : {caller, window, policy}) CHECK(verdict_of(failure) == verdict::fatal);

  CHECK(verdict_of(caller, fall_over{}.on_caller_fault()) == verdict::failed);
  CHECK(verdict_of(window, fall_over{}.on_caller_fault()) == verdict::fatal);
  CHECK(verdict_of(window, fall_over{}.on_context_window()) == verdict::failed);
  CHECK(verdict_of(policy, fall_over{}.on_context_window()) == verdict::fatal);
  CHECK(verdict_of(policy, fall_over{}.on_content_policy()) == verdict::failed);
  CHECK(verdict_of(policy, fall_over{}.on_content_policy().on_content_policy(false)) == verdict::fatal);

  const auto all = fall_over{}.on_caller_fault().on_context_window().on_content_policy();
  CHECK(verdict_of(errc::cancelled, all) == verdict::fatal);
  CHECK(verdict_of(errc::truncated, all) == verdict::fatal);
}
