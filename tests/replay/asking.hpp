#pragma once

#include "replay/expected.hpp"
#include "replay/place.hpp"

#include <cohedge/async/task.hpp>
#include <cohedge/provider/provider.hpp>

namespace cohedge::tests {

/// How a call is made, and its bytes laid out on the wire.
struct layout {
  std::string name;
  bool as_stream = false;
  std::size_t pieces = 0;  ///< bytes a write; 0: whole
  bool random = false;
};

/// The ways in which an exchange is replayed.
std::vector<layout> layouts_of(const recording& exchange, const place& at);

/// Asks for what the exchange answers; `texts`: of how many texts vectors are wanted.
task<outcome> ask(provider whom, purpose what, bool as_stream, std::size_t texts);

}  // namespace cohedge::tests
