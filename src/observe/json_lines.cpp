#include <cohedge/observe/json_lines.hpp>
#include <cohedge/observe/report_json.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <system_error>

namespace cohedge {

result<std::shared_ptr<json_lines>> json_lines::open(const std::filesystem::path& file, wall_clock clock) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0)
    return error{errc::invalid_config,
                 "cannot write the log \"" + file.string() + "\": " + std::system_category().message(errno)};
  return std::shared_ptr<json_lines>{new json_lines{opened, std::move(clock)}};
}

json_lines::json_lines(std::function<void(std::string_view)> sink, wall_clock clock)
    : sink_{std::move(sink)}, clock_{std::move(clock)} {}

json_lines::~json_lines() {
  if (file_ >= 0) ::close(file_);
}

std::uint64_t json_lines::dropped() const {
  const std::lock_guard alone{mutex_};
  return dropped_;
}

// One write per line: with O_APPEND lines of several processes do not mix.
bool json_lines::append(std::string_view line) {
  if (sink_) return sink_(line.substr(0, line.size() - 1)), true;
  ssize_t written = 0;
  do written = ::write(file_, line.data(), line.size());
  while (written < 0 && errno == EINTR);
  if (written > 0) torn_ = static_cast<std::size_t>(written) < line.size();
  return written == static_cast<ssize_t>(line.size());
}

template <class Body>
void json_lines::write(std::string_view event, const Body& body) {
  const std::lock_guard alone{mutex_};
  line_.clear();
  if (torn_) line_.push_back('\n');  // what follows half a line begins a line of its own
  wire::json_writer json{line_};
  json.begin_object();
  if (clock_) json.member("time_ms", clock_());
  json.member("event", event);
  body(json);
  if (unreported_ > 0) json.member("dropped_lines", unreported_);
  json.end_object();
  line_.push_back('\n');
  if (append(line_)) {
    unreported_ = 0;
  } else {
    ++dropped_;
    ++unreported_;
  }
}

void json_lines::attempt_ended(const report& call, const attempt& row) {
  write("attempt", [&](wire::json_writer& json) { write_attempt_json(json, call, row); });
}

void json_lines::call_ended(const report& call, const error* failure) {
  write("call", [&](wire::json_writer& json) { write_call_json(json, call, failure); });
}

}  // namespace cohedge
