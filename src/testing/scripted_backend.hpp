#pragma once

#include <cohedge/testing/scripted_provider.hpp>

#include <optional>

namespace cohedge::testing {

/// What one call meets.
struct scripted_call {
  std::vector<std::string> tokens;
  duration after{};
  duration every{};
  std::size_t breaks_at = static_cast<std::size_t>(-1);  // tokens that come before `failure` or silence
  std::optional<error> failure;                          // none where it breaks: silence
  finish_reason finish = finish_reason::stop;
  cohedge::usage used;

  bool is_broken() const noexcept { return breaks_at <= tokens.size(); }
  std::size_t tokens_that_come() const noexcept { return is_broken() ? breaks_at : tokens.size(); }
  /// The i-th token's time, counted from the start; the failure's for i = breaks_at.
  duration time_of(std::size_t i) const noexcept { return after + every * static_cast<duration::rep>(i); }
};

class scripted_provider::scripted_backend final : public backend {
 public:
  explicit scripted_backend(std::string name) : name_{std::move(name)} {}

  const std::string& name() const noexcept override { return name_; }
  task<completion> complete(chat_request ask, call_context context) override;
  task<completion_stream> stream(chat_request ask, call_context context) override;
  task<void> check() override;

  /// A call's end, counted once: as cancelled unless told otherwise. Keeps the script alive.
  class counted_call {
   public:
    counted_call(std::shared_ptr<scripted_backend> of, chat_request ask);
    counted_call(counted_call&& other) noexcept = default;
    counted_call& operator=(counted_call&&) = delete;
    ~counted_call() { end_as(&scripted_backend::cancelled); }

    void answered() noexcept { end_as(&scripted_backend::finished); }
    void failed(const error& why) noexcept;
    const scripted_call& script() const noexcept { return script_; }

   private:
    void end_as(std::size_t scripted_backend::*count) noexcept {
      if (const auto of = std::move(of_)) ++((*of).*count);
    }

    std::shared_ptr<scripted_backend> of_;
    scripted_call script_;
  };

  std::vector<scripted_call> calls;
  std::vector<chat_request> requests;
  std::string model = "scripted";
  std::optional<error> ill;
  std::size_t started = 0;
  std::size_t finished = 0;
  std::size_t failures = 0;
  std::size_t cancelled = 0;

 private:
  std::shared_ptr<scripted_backend> self() { return std::static_pointer_cast<scripted_backend>(shared_from_this()); }

  std::string name_;
};

}  // namespace cohedge::testing
