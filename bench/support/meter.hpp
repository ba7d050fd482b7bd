#pragma once

#include "cpu_time.hpp"
#include "options.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

namespace bench {

using clock = std::chrono::steady_clock;

/// How often, and how many times, a program looks whether it is warm, after options::warm seconds.
constexpr auto look_again = std::chrono::milliseconds{50};
constexpr int most_looks = 1200;

/// Counts durations in buckets of 1/64 of a power of two: 1.6 % wide, 30 kB, no allocation while measuring.
class histogram {
 public:
  void add(clock::duration took) noexcept {
    const auto ns = static_cast<std::uint64_t>(took.count() < 0 ? 0 : took.count());
    ++counts_[bucket(ns)];
    ++total_;
  }
  /// The duration that a share of all do not exceed, in µs.
  double at(double share) const noexcept {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if ((seen += counts_[i]) > wanted) return middle(i) / 1000.0;
    return 0;
  }

 private:
  static std::size_t bucket(std::uint64_t ns) noexcept {
    if (ns < 64) return static_cast<std::size_t>(ns);
    const auto shift = static_cast<unsigned>(std::bit_width(ns)) - 7;
    return (static_cast<std::size_t>(shift) + 1) * 64 + static_cast<std::size_t>((ns >> shift) - 64);
  }
  static double middle(std::size_t i) noexcept {
    if (i < 64) return static_cast<double>(i);
    const auto shift = i / 64 - 1;
    return (static_cast<double>(i % 64 + 64) + 0.5) * static_cast<double>(std::uint64_t{1} << shift);
  }

  std::array<std::uint64_t, 60 * 64> counts_{};
  std::uint64_t total_ = 0;
};

/// A line of /proc/self/status in kB, such as VmRSS.
inline long status_kb(std::string_view name) {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':')
      return std::strtol(line.c_str() + name.size() + 1, nullptr, 10);
  return 0;
}

/// Counts what a load program does between `begin` and `end`, and prints it: one line of JSON.
///   ok err       requests that ended inside the window
///   events       pieces of text (mode json: answers)
///   bytes_per    bytes of text an answer; paced: of text an event
///   wall user sys   seconds; CPU of the whole process
///   rps cpu_us   requests a second; CPU µs a request
///   ns_ev ev_s   CPU ns an event; events a second
///   p50 p99      µs from asking to the answer's end; paced: to the first text
///   hwm_kb rss0_kb rss1_kb   memory: peak, before the first connection, at the end of the window
///   cpu_pct      of one core
class meter {
 public:
  explicit meter(std::string_view name) : name_{name}, rss_at_start_{status_kb("VmRSS")} {}

  void begin() {
    on_ = true;
    started_ = clock::now();
    cpu_at_start_ = cpu_time::now();
  }
  void end() {
    cpu_at_end_ = cpu_time::now();
    ended_ = clock::now();
    on_ = false;
    rss_at_end_ = status_kb("VmRSS");
  }

  void text(std::size_t size) noexcept {
    if (!on_) return;
    ++events_;
    bytes_ += size;
  }
  void answered(clock::time_point asked) noexcept {
    if (!on_) return;
    ++ok_;
    took_.add(clock::now() - asked);
  }
  void first_text(clock::time_point asked) noexcept {
    ++begun_;
    if (on_) took_.add(clock::now() - asked);
  }
  /// Measuring can begin when every stream that is held open has had its first text.
  bool warm(const options& asked) const noexcept {
    return asked.mode != options::kind::paced || begun_ >= asked.conc;
  }
  /// Errors count at any time: a run with one is no measurement.
  void failed(std::string_view why) {
    if (err_++ == 0) std::fprintf(stderr, "%s: %.*s\n", name_.c_str(), static_cast<int>(why.size()), why.data());
  }
  bool good() const noexcept { return err_ == 0 && events_ > 0; }

  void print(const options& asked) const {
    if (err_ == 0 && events_ == 0) std::fprintf(stderr, "%s: nothing came in the time measured\n", name_.c_str());
    const auto wall = std::chrono::duration<double>(ended_ - started_).count();
    const auto user = cpu_at_end_.user - cpu_at_start_.user;
    const auto sys = cpu_at_end_.sys - cpu_at_start_.sys;
    const auto per = [](double sum, std::uint64_t n) { return n == 0 ? 0.0 : sum / static_cast<double>(n); };
    const auto per_answer = asked.mode == options::kind::paced ? events_ : ok_;
    const auto yes = [](bool is) { return is ? "true" : "false"; };
    std::printf("{\"name\": \"%s\", \"mode\": \"%s\", \"conc\": %zu, \"tls\": %s, \"fresh\": %s, ", name_.c_str(),
                std::string{asked.mode_name()}.c_str(), asked.conc, yes(!asked.tls.empty()), yes(asked.fresh));
    std::printf("\"resume\": %s, \"http2\": %s, ", yes(asked.resume), yes(asked.http2));
    std::printf("\"ok\": %llu, \"err\": %llu, \"events\": %llu, \"bytes_per\": %.1f, ",
                static_cast<unsigned long long>(ok_), static_cast<unsigned long long>(err_),
                static_cast<unsigned long long>(events_), per(static_cast<double>(bytes_), per_answer));
    std::printf("\"wall\": %.3f, \"user\": %.3f, \"sys\": %.3f, \"rps\": %.0f, \"cpu_us\": %.3f, ", wall, user, sys,
                static_cast<double>(ok_) / wall, per((user + sys) * 1e6, ok_));
    std::printf("\"ns_ev\": %.1f, \"ev_s\": %.0f, \"p50\": %.1f, \"p99\": %.1f, ", per((user + sys) * 1e9, events_),
                static_cast<double>(events_) / wall, took_.at(0.5), took_.at(0.99));
    std::printf("\"hwm_kb\": %ld, \"rss0_kb\": %ld, \"rss1_kb\": %ld, \"cpu_pct\": %.1f}\n", status_kb("VmHWM"),
                rss_at_start_, rss_at_end_, 100 * (user + sys) / wall);
  }

 private:
  std::string name_;
  bool on_ = false;
  std::uint64_t ok_ = 0, err_ = 0, events_ = 0, bytes_ = 0, begun_ = 0;
  clock::time_point started_, ended_;
  cpu_time cpu_at_start_, cpu_at_end_;
  long rss_at_start_ = 0, rss_at_end_ = 0;
  histogram took_;
};

}  // namespace bench
