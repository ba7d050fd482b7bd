#pragma once

#include <cohedge/async/bell.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/plan/advice.hpp>
#include <cohedge/plan/stagger.hpp>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace cohedge {

/// What `stagger` asks its caller about the candidates.
template <class T>
class contest {
 public:
  /// The candidate's work. What it needs beyond the contest's own life it must own: a loser may outlive the contest.
  virtual task<T> start(std::size_t candidate, time_point now) = 0;
  /// Whether an outcome answers the whole.
  virtual plan::stagger::verdict judge(std::size_t, const result<T>& outcome) {
    return outcome ? plan::stagger::verdict::good : plan::verdict_of(outcome.error());
  }
  /// Asked before each start; false: no candidate starts any more, what runs goes on.
  virtual bool may_start(std::size_t) { return true; }

 protected:
  ~contest() = default;
};

/// One candidate on a chain of its own.
template <class T>
class contestant final : public chain {
 public:
  contestant(const chain& parent, task<T> work, bell& told)
      : chain{parent.executor(), parent.time_pointer()}, work_{std::move(work)}, bell_{&told} {}

  void start() { run(work_.as_root(*this)); }
  std::optional<result<T>>& outcome() noexcept { return outcome_; }
  /// Nobody waits for it any more.
  void detach() noexcept { bell_ = nullptr; }

 private:
  void finished() override {
    if (bell_) outcome_.emplace(work_.take_outcome());
    work_.destroy();
    if (bell_) bell_->ring();
  }
  void destroy_frames() noexcept override { work_.destroy(); }
  void abandoned() noexcept override {
    if (bell_) std::exchange(bell_, nullptr)->never();
  }

  task<T> work_;
  bell* bell_;
  std::optional<result<T>> outcome_;
};

template <class T>
struct staggered {
  std::size_t winner;
  T value;
};

/// Drives `machine` over the candidates of `entrants`: fallback, race and hedge, by the machine's patience. Gives the
/// winner's value, or the error of the attempt that ended it all.
/// The winner is returned at once. Losers are cancelled with `errc::superseded` and handed to `reaper`, which must
/// outlive them; without a reaper they are awaited first. A candidate that runs alone, with nothing else to wait for,
/// runs on the caller's own chain.
template <class T>
class stagger_run {
 public:
  stagger_run(chain& here, plan::stagger machine, contest<T>& entrants, scope* reaper)
      : here_{here}, machine_{std::move(machine)}, entrants_{entrants}, reaper_{reaper}, bell_{here} {}
  ~stagger_run() {
    for (auto& [index, running] : running_) running->detach();
  }

  /// `now`: what the clock says when it is awaited.
  task<staggered<T>> operator()(time_point now) {
    using act = plan::stagger::act;
    for (;;) {
      if (here_.stopped()) machine_.cancel();
      const auto todo = machine_.next(now);
      if (const auto fresh = std::exchange(fresh_, plan::stagger::none); fresh != plan::stagger::none) {
        if (todo.what == act::wait && todo.until == time_point::max() && machine_.running() == 1) {
          auto alone = entrants_.start(fresh, now);
          auto outcome = co_await std::move(alone);
          note(fresh, std::move(outcome), now);
          if (!machine_.over()) now = here_.now();
          continue;
        }
        const bool stale = !launch(fresh, now) && (todo.what != act::start || machine_.over());
        if (stale) continue;
      }
      if (todo.what == act::start) {
        admit(todo.candidate, now);
      } else if (todo.what == act::wait) {
        if (collect(now)) continue;
        bell_.set_until(todo.until);
        co_await bell_;
        now = here_.now();
        collect(now);
      } else {
        let_go_of_losers();
        if (children_.size() != 0) static_cast<void>(co_await children_.join());
        if (todo.what == act::cancelled) co_return error{here_.stop_reason()};
        if (todo.what == act::won) co_return staggered<T>{todo.candidate, std::move(last_->value())};
        if (last_ && last_->has_error()) co_return std::move(*last_).as_failure();
        co_return error{errc::no_candidates};
      }
    }
  }

 private:
  void admit(std::size_t candidate, time_point now) {
    if (entrants_.may_start(candidate)) {
      fresh_ = candidate;
      return;
    }
    machine_.stop_starting();
    machine_.ended(candidate, plan::stagger::verdict::failed, now);
  }

  /// False: there was no memory to start it, so it has ended.
  bool launch(std::size_t candidate, time_point now) {
    auto work = entrants_.start(candidate, now);
    auto* fresh = work.has_frame() ? new contestant<T>{here_, std::move(work), bell_} : nullptr;
    if (!fresh) {
      note(candidate, error{errc::out_of_memory}, now);
      return false;
    }
    running_.emplace_back(candidate, typed_pointer{fresh});
    children_.adopt(*fresh);
    fresh->start();
    return true;
  }

  /// Takes the outcomes that are there; false where there is none.
  bool collect(time_point now) {
    bool any = false;
    for (std::size_t i = 0; i < running_.size();) {
      if (!running_[i].second->outcome()) {
        ++i;
        continue;
      }
      const auto ended = std::move(running_[i]);
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      note(ended.first, std::move(*ended.second->outcome()), now);
      any = true;
    }
    return any;
  }

  void note(std::size_t candidate, result<T> outcome, time_point now) {
    if (machine_.over()) return;  // decided in the same tick: the first one counts
    machine_.ended(candidate, entrants_.judge(candidate, outcome), now);
    last_.emplace(std::move(outcome));
  }

  void let_go_of_losers() {
    const auto why = here_.stopped() ? here_.stop_reason() : errc::superseded;
    for (auto& [index, loser] : running_) {
      loser->detach();
      if (reaper_) reaper_->adopt(*loser.get());
      loser->cancel(why);
    }
    running_.clear();
  }

  struct typed_pointer {
    explicit typed_pointer(contestant<T>* of) noexcept : held{of} {}
    contestant<T>* get() const noexcept { return static_cast<contestant<T>*>(held.get()); }
    contestant<T>* operator->() const noexcept { return get(); }
    chain_pointer held;
  };

  chain& here_;
  plan::stagger machine_;
  contest<T>& entrants_;
  scope* reaper_;
  bell bell_;
  scope children_;
  std::vector<std::pair<std::size_t, typed_pointer>> running_;
  std::size_t fresh_ = plan::stagger::none;
  std::optional<result<T>> last_;
};

template <class T>
task<staggered<T>> stagger(plan::stagger machine, contest<T>& entrants, scope* reaper = nullptr) {
  chain& here = co_await this_chain;
  stagger_run<T> run{here, std::move(machine), entrants, reaper};
  auto running = run(here.now());
  co_return co_await std::move(running);
}

/// The same over plain functions: `patience` of `plan::never` is a fallback, zero a race, anything else a hedge. The
/// losers have ended when it completes. The functions must outlive the call.
template <class T>
task<staggered<T>> stagger(duration patience, std::vector<std::function<task<T>()>> candidates) {
  struct functions final : contest<T> {
    explicit functions(std::vector<std::function<task<T>()>>& all) : start_{all} {}
    task<T> start(std::size_t candidate, time_point) override { return start_[candidate](); }
    std::vector<std::function<task<T>()>>& start_;
  };
  functions entrants{candidates};
  plan::stagger machine{candidates.size(), patience};
  co_return co_await stagger<T>(std::move(machine), entrants);
}

}  // namespace cohedge
