#pragma once

#include <cohedge/provider/provider.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace cohedge::tests {

enum class form : bool { whole, streamed };

/// What became of one call.
struct answered {
  std::string text;              ///< what arrived, all of it or not
  std::optional<error> failure;  ///< nothing: the answer is complete
  cohedge::report report;

  bool ledger_is_closed() const {
    const auto ended = [](const attempt& row) { return row.how_ended != end_reason::running && row.ended; };
    return std::ranges::all_of(report.attempts, ended);
  }
};

/// Asks and reads the answer to its end, whatever that is. The outcome is the value; the task itself fails only where
/// no outcome could be made, for want of memory say.
inline task<answered> ask(provider from, form how, chat_request request = chat_request{"hello"}) {
  answered out;
  const auto failed = [&out](const error& why) {
    out.failure = why;
    if (why.report()) out.report = *why.report();
  };
  if (how == form::whole) {
    auto asking = from.complete(std::move(request));
    auto answer = co_await std::move(asking);
    if (answer) {
      out.text = answer->text();
      out.report = answer->report();
    } else {
      failed(answer.error());
    }
    co_return out;
  }
  auto opening = from.stream(std::move(request));
  auto stream = co_await std::move(opening);
  if (!stream) {
    failed(stream.error());
    co_return out;
  }
  while (auto event = co_await stream->next())
    if (event->kind == delta_kind::text) out.text += event->text;
  if (const auto end = stream->ended(); !end) failed(end.error());
  out.report = stream->report();
  co_return out;
}

}  // namespace cohedge::tests
