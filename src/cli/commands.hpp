#pragma once

#include <cohedge/core/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cohedge::cli {

/// What the program ends with.
enum exit_code : int {
  exit_ok = 0,
  exit_failed = 1,       ///< a call or a check has failed
  exit_usage = 2,        ///< the command line or the configuration is wrong
  exit_credential = 3,   ///< a key is missing or not accepted
  exit_cancelled = 130,  ///< Ctrl-C, as shells have it
};

struct ask_options {
  std::string config;  ///< file; empty: ./cohedge.toml where there is one, else the environment
  std::string prompt;  ///< "-" or empty: standard input
  std::string route;   ///< a route or a provider
  std::string provider;  ///< instead: a preset, with what the environment has for it
  std::string model;     ///< of the preset
  std::string system;
  std::optional<std::uint32_t> max_tokens;
  bool json = false;
  bool report = false;
};
int ask(const ask_options& options);

struct providers_options {
  bool markdown = false;  ///< docs/providers.md instead of a table for people
};
int providers(const providers_options& options);

struct check_options {
  std::string config;
  duration longest = std::chrono::seconds{10};
};
int check(const check_options& options);

struct mock_options {
  std::uint16_t port = 8080;
  bool tls = false;
  std::string ca_file = "cohedge-mock-ca.pem";
  std::vector<duration> latency;  ///< none, one for all, or p50, p90, p95, p99
  std::optional<duration> between_tokens;
  std::optional<std::size_t> tokens;
  double fail = 0;  ///< percent of the requests
  double stall = 0;
  double cut = 0;
  std::string bench;  ///< empty, "json", "stream" or "paced"
  std::string key;
  std::uint64_t seed = 1;
};
int mock(const mock_options& options);

struct demo_options {
  std::string config;
  std::size_t prompts = 0;      ///< for each strategy; 0: 400, or 20 with `live`
  std::size_t concurrency = 0;  ///< 0: 12, or 4 with `live`
  std::uint64_t seed = 1;
  bool live = false;
};
int demo(const demo_options& options);

}  // namespace cohedge::cli
