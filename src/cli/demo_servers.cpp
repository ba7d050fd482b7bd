#include "demo_servers.hpp"

#include <cohedge/dialect/deviations.hpp>
#include <cohedge/dialect/surface.hpp>
#include <cohedge/plan/split.hpp>
#include <cohedge/provider/endpoint.hpp>

#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace cohedge::cli {

using namespace std::chrono_literals;

namespace {

double drawn(std::uint64_t seed, std::string_view what) {
  const auto bits = plan::stable_hash(std::to_string(seed) + "/" + std::string{what});
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

// "Question 17: …" without the strategy's name.
std::string_view question_of(std::string_view prompt) {
  const auto end = prompt.find(": ");
  return end == std::string_view::npos ? prompt : prompt.substr(end + 2);
}

class demo_script {
 public:
  demo_script(const demo_provider& is, std::uint64_t seed)
      : name_{is.name}, curve_{is.p50, is.p90, is.p95, is.p99}, fails_{is.fails}, seed_{seed} {}

  testing::behaviour operator()(const testing::server_request& asked) {
    const auto times = asked_[asked.prompt]++;
    const auto what = name_ + "/" + std::to_string(times) + "/" + std::string{question_of(asked.prompt)};
    const auto latency = curve_.quantile(drawn(seed_, "latency/" + what));
    const auto fate = drawn(seed_, "fate/" + what);
    testing::behaviour how;
    how.after(latency).tokens(16);
    if (asked.prompt.starts_with("warm-up")) return how;
    if (fate < fails_ * 0.5)
      how.error(503, "server_error", "overloaded", "The engine is overloaded.");
    else if (fate < fails_ * 0.75)
      how.no_answer(testing::script_end::resets);
    else if (fate < fails_)
      how.no_answer(testing::script_end::hangs);
    return how;
  }

 private:
  std::string name_;
  testing::latency_curve curve_;
  double fails_;
  std::uint64_t seed_;
  std::map<std::string, int> asked_;
};

std::string write_to_temporary_file(const std::string& text) {
  std::string name = (std::filesystem::temp_directory_path() / "cohedge-demo-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0) return {};
  const auto written = ::write(file, text.data(), text.size());
  ::close(file);
  return written == static_cast<ssize_t>(text.size()) ? name : std::string{};
}

}  // namespace

const std::vector<demo_provider>& demo_providers() {
  static const std::vector<demo_provider> all{{"ada", 40ms, 90ms, 150ms, 600ms, 0.03},
                                              {"bob", 60ms, 90ms, 120ms, 250ms, 0.02},
                                              {"cyd", 80ms, 100ms, 110ms, 160ms, 0.01}};
  return all;
}

std::string demo_prompt(std::string_view strategy, std::size_t index) {
  return std::string{strategy} + ": greet player " + std::to_string(index);
}

demo_servers::demo_servers(std::uint64_t seed) : authority_{"cohedge demo authority"} {
  ca_file_ = write_to_temporary_file(authority_.ca_pem());
  for (const auto& each : demo_providers()) {
    testing::server_options how;
    how.tls(authority_.issue({"127.0.0.1"})).seed(seed).keep_requests(0);
    how.script(demo_script{each, seed});
    servers_.push_back(std::make_unique<testing::server_thread>(std::move(how)));
  }
}

demo_servers::~demo_servers() {
  std::error_code ignored;
  if (!ca_file_.empty()) std::filesystem::remove(ca_file_, ignored);
}

result<void> demo_servers::started() const {
  if (ca_file_.empty()) return error{errc::invalid_argument, "cannot write a temporary file for the demo's authority"};
  for (const auto& server : servers_)
    if (!server->started()) return server->started().error();
  return success();
}

std::vector<provider> demo_servers::providers(client& with) const {
  std::vector<provider> all;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    endpoint where{servers_[i]->base_url(), "demo"};
    where.name(std::string{demo_providers()[i].name}).deviations(dialect::compatible_deviations());
    all.push_back(make_provider(with, dialect::openai_chat(), std::move(where)));
  }
  return all;
}

std::size_t demo_servers::aborted() const {
  std::size_t sum = 0;
  for (const auto& server : servers_) sum += server->counters().aborted;
  return sum;
}

void demo_servers::settle() const {
  for (const auto& server : servers_)
    server->wait_for([](const testing::server_counters& seen) { return seen.open == 0; }, 2s);
}

}  // namespace cohedge::cli
