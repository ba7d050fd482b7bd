#pragma once

#include <cohedge/plan/advice.hpp>
#include <cohedge/plan/retry.hpp>
#include <cohedge/provider/provider.hpp>

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge {

/// One arm of an A/B split: who serves it, and how many calls it gets in proportion to the other arms' weights.
class split_arm {
 public:
  split_arm(provider served_by, double weight) : split_arm{served_by.name(), served_by, weight} {}
  split_arm(std::string name, provider served_by, double weight)
      : name_{std::move(name)}, provider_{std::move(served_by)}, weight_{weight} {}

  const std::string& name() const noexcept { return name_; }
  const provider& served_by() const noexcept { return provider_; }
  double weight() const noexcept { return weight_; }

 private:
  std::string name_;
  provider provider_;
  double weight_;
};

class route_backend;

/// A strategy over providers, and itself a provider: routes nest. Built by chained setters, asked like any provider:
///
///     auto chat = cohedge::route("chat").hedge({gpt, claude}, 300ms).deadline(20s);
///     auto answer = co_await chat.complete(ask);
///
/// The order of the layers is fixed: report > cache > deadline > split > retry > stagger > provider. One count of
/// attempts holds for the whole call, nested routes included. A first good answer wins, a first error never does;
/// losers are cancelled down to the socket at once and wind down in the client.
/// Setters are for building; do not change a route while calls run. Copies share everything, the cache too.
class route {
 public:
  explicit route(std::string name);

  /// Candidates in order of preference: the next one is asked when the one before has failed.
  route& fallback(std::vector<provider> candidates);
  /// All candidates at once; the first good answer wins.
  route& race(std::vector<provider> candidates);
  /// The next candidate is asked too when there is no answer (streams: no content) after `delay`.
  route& hedge(std::vector<provider> candidates, duration delay = std::chrono::seconds{1});
  /// A/B: each call goes to one arm, by weight; calls with the same `chat_request::session` go to the same arm. When
  /// the arm fails the others are its fallback; the report has both the assigned and the serving one.
  route& split(std::vector<split_arm> arms);

  /// For the whole call: waits, retries, fallbacks and all.
  route& deadline(duration longest);
  /// Retries, in all; full jitter, never past the deadline, Retry-After honoured. Default 2.
  route& retry(plan::retry_options options);
  route& retries(int most);
  /// Attempts of one call over all layers. Default 4, or the number of candidates where that is more.
  route& attempts(std::size_t most);
  /// Failures that end a call by default, but shall move on to the next candidate here.
  route& fall_over(plan::fall_over allowed);
  /// Keeps complete answers of whole (not streamed) calls: the same request is answered from memory. Off by default.
  route& cache(std::size_t entries, std::size_t bytes = 64 * 1024 * 1024,
               duration time_to_live = std::chrono::minutes{10});

  const std::string& name() const noexcept;

  task<completion> complete(chat_request ask) const;
  task<completion_stream> stream(chat_request ask) const;
  /// Success where at least one candidate is healthy.
  task<void> check() const;

  operator provider() const;  // NOLINT(google-explicit-constructor): a route is a provider

 private:
  std::shared_ptr<route_backend> backend_;
};

}  // namespace cohedge
