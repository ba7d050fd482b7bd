#pragma once

#include "stage.hpp"

#include <vector>

namespace cohedge::tests {

// The scenarios, by what they are about. Each appends its own.
void add_answers(std::vector<scenario>& all);     ///< good answers in every framing
void add_errors(std::vector<scenario>& all);      ///< error statuses, rubbish, limits
void add_strategies(std::vector<scenario>& all);  ///< retry, fallback, race, hedge, nested
void add_endings(std::vector<scenario>& all);     ///< clocks, deadlines, cancels, dead connections, a closed client
void add_sockets(std::vector<scenario>& all);     ///< real sockets, with and without TLS

/// A scenario on a scripted network.
inline scenario scripted(std::string name, script how, std::function<task<answered>(stage&)> plays,
                         std::string expected = std::string{good_text}) {
  return {std::move(name), [how] { return scripted_stage(how); }, std::move(plays), std::move(expected)};
}

/// The same behaviour for every request.
inline script always(testing::behaviour how) {
  return {[how](const testing::server_request&) { return how; }, {}, {}};
}

/// A good answer, ready for more setters.
inline testing::behaviour good() { return testing::behaviour{}.text(std::string{good_text}); }

/// Asks "a" once.
inline std::function<task<answered>(stage&)> once(form how) {
  return [how](stage& on) { return ask(on.at("a"), how); };
}

}  // namespace cohedge::tests
