#pragma once

#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/quiet_time.hpp>

#include <optional>

namespace cohedge::tests {

/// Runs a task to its end, in time that jumps when all is quiet.
template <class T>
result<T> run_quietly(asio::io_context& io, testing::quiet_time& time, task<T> work) {
  std::optional<result<T>> got;
  spawn(io, std::move(work), [&](result<T> outcome) { got.emplace(std::move(outcome)); });
  REQUIRE(time.run_until([&] { return got.has_value(); }));
  return std::move(*got);
}

}  // namespace cohedge::tests
