#pragma once

#include <cohedge/async/chain.hpp>
#include <cohedge/net/transport.hpp>
#include <cohedge/plan/attempt_clocks.hpp>
#include <cohedge/provider/call.hpp>

namespace cohedge {

/// Enforces an attempt's clocks while a coroutine waits: stops everything awaited inside its life when one runs out.
/// The alarm moves only when a limit comes nearer; one that has moved away is found out when it rings. What a scope
/// around it stops anyway, at a route's deadline, needs no second alarm. `row` is the attempt's, if it is in a ledger.
class clock_watch final : public net::exchange_watch, private cancel_scope {
 public:
  clock_watch(chain& here, plan::attempt_clocks& clocks, time_point now, attempt_row* row = nullptr)
      : cancel_scope{here}, here_{here}, clocks_{clocks}, row_{row}, around_{here.deadline()}, last_{now} {
    arm();
  }

  void waiting() override { enter(plan::attempt_clocks::phase::waiting); }
  void connecting() override {
    waited_ = true;
    enter(plan::attempt_clocks::phase::connecting);
  }
  void sending() override {
    enter(plan::attempt_clocks::phase::headers);
    if (again_ && row_) (*row_)->replayed = true;
  }
  void replaying() override { waited_ = again_ = true; }
  /// On a kept connection nothing was waited for before the request goes out: the clock was read just before.
  time_point now(const time_source&) override {
    if (waited_) last_ = here_.now();
    return last_;
  }
  void enter(plan::attempt_clocks::phase next) {
    clocks_.enter(next, now(here_.time()));
    waited_ = true;
    arm();
  }

 private:
  void arm() {
    const auto due = clocks_.expires();
    if (due < around_ && (!is_set() || due < when())) here_.time().set(*this, due);
  }

  void rang() noexcept override {
    if (const auto why = clocks_.expired(here_.now()))
      cancel(*why);
    else
      arm();
  }

  chain& here_;
  plan::attempt_clocks& clocks_;
  attempt_row* row_;
  time_point around_;    // the deadline of the scopes around
  time_point last_;      // when the clock was last read
  bool waited_ = false;  // and whether time may have passed since
  bool again_ = false;   // it is being sent again
};

}  // namespace cohedge
