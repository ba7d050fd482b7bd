#pragma once

#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/testing/scripted_provider.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <optional>
#include <string>

namespace cohedge::tests {

/// Runs one task to its end under virtual time and keeps what it gave and how long it took.
template <class T>
struct played {
  std::optional<result<T>> got;
  duration took{};

  const T& value() const { return got->value(); }
  const error& failure() const { return got->error(); }
  const cohedge::report& report() const {
    if constexpr (std::is_same_v<T, completion>)
      if (*got) return got->value().report();
    return *got->error().report();
  }
};

template <class T>
played<T> play(testing::virtual_context& world, task<T> work) {
  played<T> out;
  const auto began = world.now();
  spawn(world, std::move(work), [&](result<T> outcome) {
    out.got.emplace(std::move(outcome));
    out.took = world.now() - began;
  });
  world.run();
  REQUIRE(out.got.has_value());
  return out;
}

inline chat_request hello() { return chat_request{"hello"}; }

/// The ledger as text: one row a line, so that tests compare it whole.
inline std::string ledger(const report& of) {
  const auto ms = [](std::chrono::nanoseconds t) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(t).count());
  };
  std::string text;
  for (const auto& row : of.attempts) {
    text += row.provider + " " + std::string{to_string(row.why_started)} + " " + ms(row.started) + "-" +
            (row.ended ? ms(*row.ended) : "?") + " " + std::string{to_string(row.how_ended)};
    if (row.failure) text += " (" + std::string{to_string(*row.failure)} + ")";
    text += "\n";
  }
  return text;
}

}  // namespace cohedge::tests
