#pragma once

#include "stage.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cohedge::tests {

/// An origin that counts how often it has been asked for each target.
class counting_origin {
 public:
  testing::server_options options() {
    testing::server_options how;
    how.script([this](const testing::server_request& asked) {
      ++seen[asked.target];
      ++protocols[std::string{asked.header("x-protocol")}];
      return shape;
    });
    return how;
  }
  bool none_doubled() const {
    return std::ranges::all_of(seen, [](const auto& target) { return target.second == 1; });
  }

  testing::behaviour shape;
  std::map<std::string, int> seen;
  std::map<std::string, int> protocols;  // what the server in between was spoken to in, where it says so
};

/// Requests at the level of the transport, each with a target of its own; several are on their way at any time.
class crowd {
 public:
  crowd(stage& on, net::destination to) : on_{on}, to_{std::move(to)} {}

  int answered = 0;
  int replayed = 0;
  int connections = 0;
  std::vector<std::string> failures;  // what each of the others got instead
  std::vector<error> errors;

  void send(int count, int at_once, std::string body) {
    start(count, at_once, std::move(body));
    finish();
  }
  void start(int count, int at_once, std::string body) {
    last_ = next_ + count;
    body_ = std::move(body);
    for (int i = 0; i < at_once; ++i) {
      ++running_;
      spawn(on_.io, one_after_the_other(), [this](result<void>) { --running_; });
    }
  }
  void finish() {
    while (running_ > 0) on_.io.run_one();
  }

 private:
  task<void> one_after_the_other() {
    while (next_ < last_) {
      const auto target = "/v1/chat/completions?" + std::to_string(next_++);
      auto sending = with_deadline<answer>(std::chrono::minutes{1}, on_.send(to_, "POST", target, body_));
      note(co_await std::move(sending));
    }
    co_return success();
  }

  void note(const result<answer>& got) {
    if (!got) {
      failures.push_back(got.error().message());
      errors.push_back(got.error());
    } else if (got.value().status != 200) {
      failures.push_back("status " + std::to_string(got.value().status));
    } else {
      ++answered;
      replayed += got.value().replayed;
      connections += got.value().new_connection;
    }
  }

  stage& on_;
  net::destination to_;
  std::string body_;
  int next_ = 0;
  int last_ = 0;
  int running_ = 0;
};

}  // namespace cohedge::tests
