#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace bench {

/// What a load program is asked to do. `json`: whole answers. `sse`: streams that come as fast as they are read.
/// `paced`: streams that the server holds open and feeds one event at a time.
struct options {
  enum class kind { json, sse, paced };

  kind mode = kind::json;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::size_t conc = 32;  ///< requests in flight
  double secs = 1.5;      ///< measured
  double warm = 0.3;      ///< before, not measured
  std::string tls;        ///< PEM file of the authority to trust; empty: no TLS
  bool fresh = false;     ///< a new connection for every request
  bool resume = false;    ///< resume TLS sessions
  bool http2 = false;     ///< HTTP/2, all requests on one connection

  std::string_view mode_name() const noexcept {
    return mode == kind::json ? "json" : mode == kind::sse ? "sse" : "paced";
  }
};

[[noreturn]] inline void usage(const char* program, std::string_view wrong) {
  std::fprintf(stderr,
               "%s: %.*s\n"
               "usage: %s --port P [--mode json|sse|paced] [--host H] [--conc N] [--secs S] [--warm W]\n"
               "       [--tls CA.pem [--resume]] [--http2] [--fresh]\n"
               "prints one line of JSON; what its fields mean: bench/support/meter.hpp\n",
               program, static_cast<int>(wrong.size()), wrong.data(), program);
  std::exit(2);
}

/// Ends a program that was asked for what its library has not; a script then leaves it out of that comparison.
[[noreturn]] inline void cannot(const char* program, std::string_view what) {
  std::fprintf(stderr, "%s: %.*s is not supported\n", program, static_cast<int>(what.size()), what.data());
  std::exit(4);
}

template <class Number>
Number number(const char* program, std::string_view name, std::string_view text) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value < Number{})
    usage(program, std::string{name} + " wants a number, not \"" + std::string{text} + '"');
  return value;
}

inline options parse(int argc, char** argv) {
  options to;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--fresh" || name == "--resume" || name == "--http2") {
      (name == "--fresh" ? to.fresh : name == "--resume" ? to.resume : to.http2) = true;
      continue;
    }
    if (i + 1 == argc) usage(argv[0], std::string{name} + " wants a value");
    const std::string_view value = argv[++i];
    if (name == "--mode" && value == "json")
      to.mode = options::kind::json;
    else if (name == "--mode" && value == "sse")
      to.mode = options::kind::sse;
    else if (name == "--mode" && value == "paced")
      to.mode = options::kind::paced;
    else if (name == "--host")
      to.host = value;
    else if (name == "--port")
      to.port = number<std::uint16_t>(argv[0], name, value);
    else if (name == "--conc")
      to.conc = number<std::size_t>(argv[0], name, value);
    else if (name == "--secs")
      to.secs = number<double>(argv[0], name, value);
    else if (name == "--warm")
      to.warm = number<double>(argv[0], name, value);
    else if (name == "--tls")
      to.tls = value;
    else
      usage(argv[0], "unknown: " + std::string{name} + ' ' + std::string{value});
  }
  if (to.port == 0) usage(argv[0], "--port is missing");
  if (to.conc == 0) usage(argv[0], "--conc must be at least 1");
  if (to.resume && to.tls.empty()) usage(argv[0], "--resume wants --tls");
  return to;
}

inline std::chrono::steady_clock::duration seconds(double s) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>{s});
}

}  // namespace bench
