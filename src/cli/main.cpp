// The program `cohedge`: what its command line means. Each command is in a file of its own.

#include "commands.hpp"

#include <cohedge/config/quantity.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <memory>

namespace {

using namespace cohedge::cli;

constexpr const char* ends_with =
    "Exit status: 0 fine, 1 a call or check failed, 2 wrong usage or configuration, 3 key missing or refused, 130 "
    "Ctrl-C.";

cohedge::duration time_from(const std::string& text) {
  if (const auto time = cohedge::config::duration_from(text)) return *time;
  throw CLI::ValidationError{'"' + text + "\" is no time: write 300ms, 1.5s or 2m"};
}

// An option whose text is a time.
void add_time(CLI::App& to, const std::string& name, std::function<void(cohedge::duration)> take,
              const std::string& help) {
  auto read = [take = std::move(take)](const std::string& text) { take(time_from(text)); };
  to.add_option_function<std::string>(name, std::move(read), help)->type_name("TIME");
}

// "20ms", or "20ms,40ms,60ms,100ms"
std::vector<cohedge::duration> latency_from(const std::string& text) {
  std::vector<cohedge::duration> times;
  for (const auto& each : CLI::detail::split(text, ',')) times.push_back(time_from(each));
  if (times.size() != 1 && times.size() != 4) throw CLI::ValidationError{"one time, or four: p50,p90,p95,p99"};
  if (!std::ranges::is_sorted(times) || times.front() <= cohedge::duration::zero())
    throw CLI::ValidationError{"the times must be above zero and ascend"};
  return times;
}

void add_config(CLI::App& to, std::string& into) {
  to.add_option("-c,--config", into, "configuration file; default ./cohedge.toml, without one the environment")
      ->type_name("FILE");
}

void add_ask(CLI::App& app, std::function<int()>& chosen) {
  auto options = std::make_shared<ask_options>();
  auto& ask = *app.add_subcommand("ask", "Ask a model and show the answer as it comes");
  ask.add_option("prompt", options->prompt, "what to ask; from standard input where absent or \"-\"");
  add_config(ask, options->config);
  ask.add_option("-r,--route", options->route, "route or provider; default \"chat\", or the first one");
  auto* provider = ask.add_option("-p,--provider", options->provider, "a provider of `cohedge providers`, without a file");
  provider->excludes("--config")->excludes("--route");
  ask.add_option("--model", options->model, "that provider's model; default its own")->needs(provider);
  ask.add_option("-s,--system", options->system, "system prompt");
  ask.add_option("-m,--max-tokens", options->max_tokens, "longest answer, in tokens")->check(CLI::PositiveNumber);
  ask.add_flag("--json", options->json, "the whole answer with its report as one JSON object");
  ask.add_flag("--report", options->report, "list the attempts after the answer, on standard error");
  ask.callback([options, &chosen] { chosen = [options] { return cohedge::cli::ask(*options); }; });
}

void add_providers(CLI::App& app, std::function<int()>& chosen) {
  auto options = std::make_shared<providers_options>();
  auto& providers = *app.add_subcommand("providers", "List the providers that are known, and whether their keys are set");
  providers.add_flag("--markdown", options->markdown, "what docs/providers.md holds");
  providers.callback([options, &chosen] { chosen = [options] { return cohedge::cli::providers(*options); }; });
}

void add_check(CLI::App& app, std::function<int()>& chosen) {
  auto options = std::make_shared<check_options>();
  auto& check = *app.add_subcommand("check", "Ask every provider how it is");
  add_config(check, options->config);
  add_time(
      check, "--timeout", [options](cohedge::duration time) { options->longest = time; },
      "longest wait for a provider; default 10s");
  check.callback([options, &chosen] { chosen = [options] { return cohedge::cli::check(*options); }; });
}

void add_mock(CLI::App& app, std::function<int()>& chosen) {
  auto options = std::make_shared<mock_options>();
  auto& mock = *app.add_subcommand("mock", "Run a local LLM server with latency and faults, for trying and testing");
  mock.add_option("-p,--port", options->port, "port on 127.0.0.1; 0 takes a free one")->capture_default_str();
  mock.add_flag("--tls", options->tls, "serve HTTPS by an authority made for this run");
  mock.add_option("--ca-file", options->ca_file, "where --tls writes that authority")
      ->capture_default_str()
      ->type_name("FILE");
  auto latency = [options](const std::string& text) { options->latency = latency_from(text); };
  mock.add_option_function<std::string>("--latency", std::move(latency), "one time, or p50,p90,p95,p99")
      ->type_name("TIMES");
  add_time(
      mock, "--between", [options](cohedge::duration time) { options->between_tokens = time; },
      "between the tokens of a stream");
  mock.add_option("--tokens", options->tokens, "tokens of every answer");
  mock.add_option("--fail", options->fail, "percent of requests that get 503")->check(CLI::Range(0.0, 100.0));
  mock.add_option("--stall", options->stall, "percent that get no answer at all")->check(CLI::Range(0.0, 100.0));
  mock.add_option("--cut", options->cut, "percent whose connection ends within the answer")
      ->check(CLI::Range(0.0, 100.0));
  mock.add_option("--key", options->key, "refuse requests without this key");
  mock.add_option("--seed", options->seed, "decides which requests fail")->capture_default_str();
  mock.add_option("--bench", options->bench, "prepared bytes for every request: json, stream or paced")
      ->check(CLI::IsMember({"json", "stream", "paced"}));
  mock.callback([options, &chosen] { chosen = [options] { return cohedge::cli::mock(*options); }; });
}

void add_demo(CLI::App& app, std::function<int()>& chosen) {
  auto options = std::make_shared<demo_options>();
  auto& demo = *app.add_subcommand("demo", "See what fallback, race and hedge do: three local providers, no keys");
  demo.add_option("-n,--prompts", options->prompts, "prompts for each strategy; default 400, live 20")
      ->check(CLI::Range(1, 1000000));
  demo.add_option("--concurrency", options->concurrency, "how many at a time; default 12, live 4")
      ->check(CLI::Range(1, 200));
  demo.add_option("--seed", options->seed, "another seed, other latencies and faults")->capture_default_str();
  demo.add_flag("--live", options->live, "ask the real providers of your configuration or environment; they bill it");
  add_config(demo, options->config);
  demo.callback([options, &chosen] { chosen = [options] { return cohedge::cli::demo(*options); }; });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"cohedge: one completion from many LLM providers"};
  app.require_subcommand(1);
  app.footer(ends_with);
  app.set_version_flag("--version", "cohedge " COHEDGE_VERSION);
  std::function<int()> chosen;
  add_ask(app, chosen);
  add_providers(app, chosen);
  add_check(app, chosen);
  add_mock(app, chosen);
  add_demo(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? exit_ok : exit_usage;
  }
  return chosen();
}
