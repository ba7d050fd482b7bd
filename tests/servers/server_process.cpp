#include "server_process.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <utility>

namespace cohedge::tests {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds longest_start{30};
constexpr std::chrono::seconds longest_end{5};
constexpr std::size_t log_shown = 8 * 1024;

std::string logs_of_ended;

/// The child's half of fork: only what is allowed between fork and exec, for the parent may have threads.
[[noreturn]] void become(char* const* command, const char* folder, const char* log) {
  ::setpgid(0, 0);                      // so that its own children can be ended with it
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int output = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  ::close_range(3, ~0U, 0);  // a socket of the test that lived on in here would never close for its peer
  if (::chdir(folder) == 0) ::execv(command[0], command);
  ::_exit(127);
}

}  // namespace

std::optional<std::string> server_process::find(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders{std::string{path ? path : ""} + ":/usr/sbin:/usr/local/sbin"};  // few users' paths have these
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto file = folder + '/' + std::string{program};
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

server_process::~server_process() {
  stop();
  auto text = log();
  if (text.size() > log_shown) text.erase(0, text.size() - log_shown);
  logs_of_ended += text;
}

result<void> server_process::start(const std::vector<std::string>& command) {
  const auto program = find(command.front());
  if (!program) return error{errc::invalid_config, command.front() + " is not installed"};
  std::vector<char*> arguments{const_cast<char*>(program->c_str())};
  for (std::size_t i = 1; i < command.size(); ++i) arguments.push_back(const_cast<char*>(command[i].c_str()));
  arguments.push_back(nullptr);
  const auto folder = folder_.path().string();
  const auto log_file = (folder_.path() / "log").string();

  process_ = ::fork();
  if (process_ == 0) become(arguments.data(), folder.c_str(), log_file.c_str());
  if (process_ < 0) return error{errc::invalid_config, "fork failed"};
  const auto latest = std::chrono::steady_clock::now() + longest_start;
  while (!answers()) {
    if (ended()) return error{errc::invalid_config, *program + " has ended: " + log()};
    if (std::chrono::steady_clock::now() > latest) return error{errc::invalid_config, *program + " is silent: " + log()};
    std::this_thread::sleep_for(5ms);
  }
  return success();
}

bool server_process::answers() const {
  asio::io_context io;
  asio::ip::tcp::socket knocking{io};
  std::error_code refused;
  knocking.connect({asio::ip::address_v4::loopback(), port()}, refused);
  return !refused;
}

void server_process::signal(int number) const noexcept {
  if (process_ > 0) ::kill(process_, number);
}

bool server_process::ended() noexcept {
  if (process_ > 0 && ::waitpid(process_, nullptr, WNOHANG) == process_) process_ = 0;
  return process_ <= 0;
}

bool server_process::ended_within(std::chrono::milliseconds patience) noexcept {
  const auto latest = std::chrono::steady_clock::now() + patience;
  while (!ended()) {
    if (std::chrono::steady_clock::now() > latest) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

void server_process::stop() noexcept {
  if (process_ <= 0) return;
  const auto group = process_;
  signal(SIGTERM);
  if (!ended_within(longest_end)) {
    signal(SIGKILL);
    ended_within(longest_end);
  }
  ::kill(-group, SIGKILL);  // what it has left behind
}

std::string server_process::log() const {
  std::ifstream file{folder_.path() / "log"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string take_logs_of_ended() { return std::exchange(logs_of_ended, {}); }

}  // namespace cohedge::tests
