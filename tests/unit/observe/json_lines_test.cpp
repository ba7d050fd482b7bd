#include "catch.hpp"

#include <cohedge/observe/json_lines.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

using namespace std::chrono_literals;

namespace {

cohedge::report hedged_call() {
  cohedge::report call;
  call.route = "chat";
  call.variant = "new";
  call.served_by = "claude";
  call.elapsed = 420ms;
  call.notes = {"no retry: \"budget\""};
  auto& slow = call.attempts.emplace_back();
  slow.provider = "gpt";
  slow.model = "gpt-5-mini";
  slow.how_ended = cohedge::end_reason::lost;
  slow.ended = 420ms;
  slow.failure = cohedge::errc::superseded;
  slow.kind = cohedge::error_class::superseded;
  slow.new_connection = true;
  auto& quick = call.attempts.emplace_back();
  quick.provider = "claude";
  quick.model = "haiku";
  quick.why_started = cohedge::start_reason::hedge;
  quick.how_ended = cohedge::end_reason::won;
  quick.started = 300ms;
  quick.first_content = 410ms + 1234567ns;
  quick.ended = 420ms;
  quick.status = 200;
  quick.request_id = "req_1";
  quick.tokens = {12, 34, cohedge::certainty::exact};
  quick.replayed = true;
  cohedge::rate_limits left;
  left.requests.remaining = 99;
  left.input_tokens = {1000, 0, 1500ms};
  quick.rate_limits = left;
  return call;
}

struct folder {
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "cohedge-log-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("an attempt and a call are one line each", "[observe]") {
  std::vector<std::string> lines;
  cohedge::json_lines log{[&](std::string_view line) { lines.emplace_back(line); }};
  const auto call = hedged_call();
  for (const auto& row : call.attempts) log.attempt_ended(call, row);
  log.call_ended(call, nullptr);

  REQUIRE(lines.size() == 3);
  CHECK(lines[0] ==
        R"({"event":"attempt","route":"chat","variant":"new","index":0,"provider":"gpt","model":"gpt-5-mini",)"
        R"("why_started":"primary","how_ended":"lost","started_ms":0,"ended_ms":420,"failure":"superseded",)"
        R"("class":"superseded","input_tokens":0,"output_tokens":0,"certainty":"unknown","new_connection":true,)"
        R"("replayed":false})");
  CHECK(lines[1] ==
        R"({"event":"attempt","route":"chat","variant":"new","index":1,"provider":"claude","model":"haiku",)"
        R"("why_started":"hedge","how_ended":"won","started_ms":300,"first_content_ms":411.235,"ended_ms":420,)"
        R"("status":200,"request_id":"req_1","input_tokens":12,"output_tokens":34,"certainty":"exact",)"
        R"("rate_limits":{"requests":{"remaining":99},"input_tokens":{"limit":1000,"remaining":0,"reset_ms":1500}},)"
        R"("new_connection":false,"replayed":true})");
  CHECK(lines[2] ==
        R"({"event":"call","route":"chat","variant":"new","served_by":"claude","from_cache":false,"elapsed_ms":420,)"
        R"("attempts":2,"notes":["no retry: \"budget\""],"ok":true})");
}

TEST_CASE("a failed call says why", "[observe]") {
  std::vector<std::string> lines;
  cohedge::json_lines log{[&](std::string_view line) { lines.emplace_back(line); }, [] { return 1700000000123; }};
  cohedge::error failure{cohedge::errc::http_status, cohedge::error_class::rate_limited, std::string(5000, 'x') + "\n"};
  failure.with_status(429).with_provider("gpt").with_provider_code("slow_down").with_request_id("r");
  failure.with_retry_after(1500ms);
  log.call_ended(cohedge::report{}, &failure);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == R"({"time_ms":1700000000123,"event":"call","from_cache":false,"elapsed_ms":0,"attempts":0,)"
                    R"("ok":false,"failure":"error status","class":"rate_limited","provider":"gpt","status":429,)"
                    R"("provider_code":"slow_down","request_id":"r","detail":")" +
                        std::string(2048, 'x') + R"(","retry_after_ms":1500})");
}

TEST_CASE("a file is appended to and is nobody else's to read", "[observe]") {
  const folder in;
  const auto file = in.path / "attempts.jsonl";
  std::ofstream{file} << "{\"older\":1}\n";
  for (int run = 0; run < 2; ++run) {
    auto log = cohedge::json_lines::open(file);
    REQUIRE(log);
    log.value()->call_ended(hedged_call(), nullptr);
    CHECK(log.value()->dropped() == 0);
  }
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "{\"older\":1}");
  CHECK(lines[1] == lines[2]);

  const auto fresh = in.path / "fresh.jsonl";
  REQUIRE(cohedge::json_lines::open(fresh));
  struct stat about {};
  REQUIRE(::stat(fresh.c_str(), &about) == 0);
  CHECK((about.st_mode & 077) == 0);
}

TEST_CASE("a log that cannot be opened is told with its name", "[observe]") {
  const folder in;
  const auto log = cohedge::json_lines::open(in.path / "absent" / "log.jsonl");
  REQUIRE(!log);
  CHECK(log.error().code() == cohedge::errc::invalid_config);
  CHECK(std::string{log.error().detail()}.find("absent/log.jsonl\": No such file or directory") != std::string::npos);
}

// A limit on the file's size stands for the full disk: part of a line fits, then nothing does.
TEST_CASE("a full disk drops lines, counts them and says so", "[observe]") {
  const folder in;
  const auto file = in.path / "log.jsonl";
  auto log = cohedge::json_lines::open(file);
  REQUIRE(log);
  auto& lines = *log.value();
  const auto call = hedged_call();
  lines.call_ended(call, nullptr);
  const auto whole = std::filesystem::file_size(file);

  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = before;
  tight.rlim_cur = whole + 10;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  lines.call_ended(call, nullptr);
  lines.call_ended(call, nullptr);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);

  CHECK(lines.dropped() == 2);
  lines.call_ended(call, nullptr);
  lines.call_ended(call, nullptr);
  const auto written = lines_of(file);
  REQUIRE(written.size() == 4);
  CHECK(written[1] == written[0].substr(0, 10));  // the torn one, on a line of its own
  CHECK(written[2] == written[0].substr(0, written[0].size() - 1) + ",\"dropped_lines\":2}");
  CHECK(written[3] == written[0]);
  CHECK(lines.dropped() == 2);
}

TEST_CASE("/dev/full breaks nothing", "[observe]") {
  if (!std::filesystem::exists("/dev/full")) return;
  auto log = cohedge::json_lines::open("/dev/full");
  REQUIRE(log);
  log.value()->call_ended(hedged_call(), nullptr);
  CHECK(log.value()->dropped() == 1);
}
