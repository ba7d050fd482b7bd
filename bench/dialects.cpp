// What a dialect costs: decoding streamed answers against simdjson on demand alone on the same documents, and encoding a
// prompt of 10 kB. Both are ratios or rates of CPU time, of one thread; the two sides take turns.
//
//   dialects [--rounds N] [--pieces N] [--only NAME]     NAME: how the rows to be measured begin

#include "dialect_samples/streams.hpp"
#include "support/cpu_time.hpp"

#include <cohedge/chat/request.hpp>
#include <cohedge/core/limits.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

namespace {

using namespace cohedge;
using bench::stream_sample;

constexpr double shortest_measurement = 0.05;  // seconds: the clock of getrusage is coarse

/// CPU nanoseconds that one run of `work` takes.
template <class Work>
double cost_of(Work&& work) {
  for (int runs = 1;; runs *= 4) {
    const auto before = bench::cpu_time::now();
    for (int i = 0; i < runs; ++i) work();
    const auto after = bench::cpu_time::now();
    const auto seconds = after.user - before.user + after.sys - before.sys;
    if (seconds >= shortest_measurement) return seconds * 1e9 / runs;
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

[[noreturn]] void die(const char* what, const std::string& where) {
  std::fprintf(stderr, "%s: %s\n", where.c_str(), what);
  std::exit(1);
}

/// All documents one after the other, each followed by the padding that simdjson wants.
class documents {
 public:
  explicit documents(const std::vector<std::string>& texts) {
    for (const auto& each : texts) {
      places_.push_back({memory_.size(), each.size()});
      memory_.append(each).append(simdjson::SIMDJSON_PADDING, ' ');
    }
  }
  /// Parses each and takes its text; gives the bytes of all texts.
  std::size_t read(simdjson::ondemand::parser& parser, const stream_sample& sample) const {
    std::size_t bytes = 0;
    for (const auto& [at, size] : places_) {
      simdjson::ondemand::document json;
      const simdjson::padded_string_view text{memory_.data() + at, size, size + simdjson::SIMDJSON_PADDING};
      if (parser.iterate(text).get(json) != simdjson::SUCCESS) die("no JSON", sample.name);
      bytes += sample.text_of(json).size();
    }
    return bytes;
  }

 private:
  struct place {
    std::size_t at;
    std::size_t size;
  };
  std::string memory_;
  std::vector<place> places_;
};

/// Decodes the whole stream, in pieces as large as a read; gives the bytes of all texts.
std::size_t decode(const stream_sample& sample, const std::string& padded) {
  constexpr std::size_t read_size = 16 * 1024;
  const auto decoder = sample.speaks->decoder(limits{}, {});
  std::size_t bytes = 0;
  delta one;
  for (std::size_t at = 0; at < sample.body.size(); at += read_size) {
    std::string_view input{padded.data() + at, std::min(read_size, sample.body.size() - at)};
    for (;;) {
      const auto step = decoder->next(input, one);
      if (step == dialect::decode_step::done) return bytes;
      if (step == dialect::decode_step::failed) die(decoder->failure().message().c_str(), sample.name);
      if (step == dialect::decode_step::need_more) break;
      if (one.kind == delta_kind::text) bytes += one.text.size();
    }
  }
  while (decoder->finish(one) == dialect::decode_step::event) {
  }
  return bytes;
}

bool measure_stream(const stream_sample& sample, int rounds) {
  const documents alone{sample.documents};
  const auto padded = sample.body + std::string(simdjson::SIMDJSON_PADDING, ' ');
  simdjson::ondemand::parser parser;
  const auto want = alone.read(parser, sample);
  if (want == 0 || decode(sample, padded) != want) die("the decoder does not find the same text", sample.name);
  std::vector<double> ratios, ours, theirs;
  for (int round = 0; round < rounds; ++round) {
    theirs.push_back(cost_of([&] { alone.read(parser, sample); }) / static_cast<double>(sample.documents.size()));
    ours.push_back(cost_of([&] { decode(sample, padded); }) / static_cast<double>(sample.documents.size()));
    ratios.push_back(ours.back() / theirs.back());
  }
  const double goal = sample.name.starts_with("openai.chat") ? 1.5 : 2;
  const double ratio = median(ratios);
  std::printf("%-36s %7.0f %9.0f   %5.2f [%.2f-%.2f]   <= %.1f  %s\n", sample.name.c_str(), median(ours), median(theirs),
              ratio, std::ranges::min(ratios), std::ranges::max(ratios), goal, ratio <= goal ? "met" : "MISSED");
  return ratio <= goal;
}

bool measure_encode(const dialect::surface& speaks, int rounds) {
  std::string prompt;
  while (prompt.size() < 10'000) prompt.append("The quick brown fox says \"no\" to the lazy dog, and goes home.\n");
  chat_request ask{prompt};
  ask.max_tokens(100);
  std::vector<double> rates;
  std::size_t size = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto cost = cost_of([&] {
      const auto bytes = speaks.encode(ask, "a-model", true, {});
      if (!bytes || bytes.value().body.size() < prompt.size()) die("no request", std::string{speaks.name()});
      size = bytes.value().body.size();
    });
    rates.push_back(static_cast<double>(size) / cost);
  }
  const double rate = median(rates);
  std::printf("%-36s %7zu bytes   %5.2f GB/s   >= 1    %s\n", std::string{speaks.name()}.c_str(), size, rate,
              rate >= 1 ? "met" : "MISSED");
  return rate >= 1;
}

const char* text_behind(std::span<char*> arguments, const char* name, const char* otherwise) {
  for (std::size_t i = 1; i + 1 < arguments.size(); ++i)
    if (std::strcmp(arguments[i], name) == 0) return arguments[i + 1];
  return otherwise;
}

int number_behind(std::span<char*> arguments, const char* name, const char* otherwise) {
  return std::max(1, std::atoi(text_behind(arguments, name, otherwise)));
}

}  // namespace

int main(int count, char** values) {
  const std::span<char*> arguments{values, static_cast<std::size_t>(count)};
  const int rounds = number_behind(arguments, "--rounds", "5");
  auto samples = bench::stream_samples(number_behind(arguments, "--pieces", "250"));
  const std::string_view only{text_behind(arguments, "--only", "")};
  std::erase_if(samples, [only](const stream_sample& each) { return !each.name.starts_with(only); });
  if (samples.empty()) die("no row begins like that", std::string{only});
  bool good = true;
  std::printf("%-36s %7s %9s   %-21s %s\n", "decoding a stream, CPU ns an event", "cohedge", "simdjson", "ratio", "goal");
  for (const auto& each : samples) good = measure_stream(each, rounds) && good;
  std::printf("\nencoding a prompt of 10 kB\n");
  const dialect::surface* last = nullptr;
  for (const auto& each : samples) {
    if (each.speaks != last) good = measure_encode(*each.speaks, rounds) && good;
    last = each.speaks;
  }
  return good ? 0 : 4;
}
