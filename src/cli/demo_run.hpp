#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/provider/provider.hpp>

#include <functional>
#include <string>
#include <vector>

namespace cohedge::cli {

/// What one strategy did with all its prompts.
struct strategy_outcome {
  std::string name;
  std::size_t calls = 0;
  std::size_t failed = 0;  ///< calls that gave their caller an error
  std::size_t attempts = 0;
  std::size_t lost = 0;     ///< attempts that were superseded
  std::size_t aborted = 0;  ///< as the servers counted; `has_servers`
  duration took{};
  std::vector<duration> answered;  ///< time to answer of the calls that got one
};

/// How a strategy is asked: `prompts` questions, `concurrency` at a time, each asked as soon as one before it is done.
class demo_load {
 public:
  demo_load(std::size_t prompts, std::size_t concurrency) : prompts_{prompts}, concurrency_{concurrency} {}
  /// Makes the request number `index`.
  demo_load& ask(std::function<chat_request(std::size_t index)> make) { return ask_ = std::move(make), *this; }
  /// Told after each call.
  demo_load& on_progress(std::function<void(const strategy_outcome&)> told) { return told_ = std::move(told), *this; }

  /// Runs it; the load must outlive the task.
  task<strategy_outcome> run(std::string name, provider target) const;

 private:
  task<void> worker(const provider& target, std::size_t& next, strategy_outcome& into) const;

  std::size_t prompts_;
  std::size_t concurrency_;
  std::function<chat_request(std::size_t)> ask_;
  std::function<void(const strategy_outcome&)> told_;
};

}  // namespace cohedge::cli
