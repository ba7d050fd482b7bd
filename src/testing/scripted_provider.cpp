#include <cohedge/testing/scripted_provider.hpp>

#include "scripted_backend.hpp"
#include "words.hpp"

namespace cohedge::testing {

scripted_provider::scripted_provider(std::string name)
    : backend_{std::make_shared<scripted_backend>(std::move(name))} {}

scripted_provider& scripted_provider::answers(std::string text) { return answers_tokens(words_of(text)); }

scripted_provider& scripted_provider::answers_tokens(std::vector<std::string> tokens) {
  scripted_call call;
  call.tokens = std::move(tokens);
  backend_->calls.push_back(std::move(call));
  return *this;
}

scripted_provider& scripted_provider::fails(error why) {
  scripted_call call;
  call.breaks_at = 0;
  call.failure = std::move(why);
  backend_->calls.push_back(std::move(call));
  return *this;
}

scripted_provider& scripted_provider::hangs() {
  scripted_call call;
  call.breaks_at = 0;
  backend_->calls.push_back(std::move(call));
  return *this;
}

namespace {

scripted_call& last_of(std::vector<scripted_call>& calls) {
  if (calls.empty()) calls.emplace_back();
  return calls.back();
}

}  // namespace

scripted_provider& scripted_provider::after(duration latency) {
  last_of(backend_->calls).after = latency;
  return *this;
}

scripted_provider& scripted_provider::every(duration between_tokens) {
  last_of(backend_->calls).every = between_tokens;
  return *this;
}

scripted_provider& scripted_provider::breaks_after(std::size_t n, error why) {
  auto& call = last_of(backend_->calls);
  call.breaks_at = n;
  call.failure = std::move(why);
  return *this;
}

scripted_provider& scripted_provider::stalls_after(std::size_t n) {
  auto& call = last_of(backend_->calls);
  call.breaks_at = n;
  call.failure.reset();
  return *this;
}

scripted_provider& scripted_provider::finishes(finish_reason how) {
  last_of(backend_->calls).finish = how;
  return *this;
}

scripted_provider& scripted_provider::used(std::uint64_t input_tokens, std::uint64_t output_tokens) {
  auto& count = last_of(backend_->calls).used;
  count.input = input_tokens;
  count.output = output_tokens;
  count.total = input_tokens + output_tokens;
  count.reported = true;
  return *this;
}

scripted_provider& scripted_provider::model(std::string name) {
  backend_->model = std::move(name);
  return *this;
}

scripted_provider& scripted_provider::unhealthy(error why) {
  backend_->ill = std::move(why);
  return *this;
}

std::size_t scripted_provider::started() const noexcept { return backend_->started; }
std::size_t scripted_provider::answered() const noexcept { return backend_->finished; }
std::size_t scripted_provider::failed() const noexcept { return backend_->failures; }
std::size_t scripted_provider::cancelled() const noexcept { return backend_->cancelled; }
const std::vector<chat_request>& scripted_provider::requests() const noexcept { return backend_->requests; }

scripted_provider::operator provider() const { return provider{backend_}; }

}  // namespace cohedge::testing
