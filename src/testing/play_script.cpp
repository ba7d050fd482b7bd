#include "play_script.hpp"

#include "until_cancelled.hpp"

#include <cohedge/async/sleep.hpp>

namespace cohedge::testing {

task<void> play_script(const byte_script& script, const std::function<task<void>(std::string_view)>& send) {
  chain& here = co_await this_chain;
  auto due = here.now();
  bool first = true;
  for (const auto& part : script.parts()) {
    due += part.wait;
    // Pieces without a wait between them still leave as segments of their own: the reader gets a chance in between.
    const auto when = part.wait == duration{} && !first ? here.now() + std::chrono::nanoseconds{1} : due;
    const auto waited = co_await sleep_until{when};
    if (!waited) co_return waited;
    first = false;
    auto sending = send(part.bytes);
    const auto sent = co_await std::move(sending);
    if (!sent) co_return sent;
  }
  if (script.how_it_ends() == script_end::hangs) co_return co_await until_cancelled{};
  co_return co_await sleep_until{due + script.wait_before_end()};
}

}  // namespace cohedge::testing
