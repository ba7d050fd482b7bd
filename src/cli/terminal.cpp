#include "terminal.hpp"

#include <unistd.h>
#include <cstdlib>

namespace cohedge::cli {

namespace {

constexpr const char* clear_line = "\r\x1b[2K";

}  // namespace

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

style::style(std::FILE* to) {
  const char* refused = std::getenv("NO_COLOR");
  on_ = is_terminal(to) && (!refused || !*refused);
}

std::string style::wrap(std::string_view code, std::string_view text) const {
  if (!on_) return std::string{text};
  std::string out{"\x1b["};
  return out.append(code).append("m").append(text).append("\x1b[0m");
}

void progress_line::show(std::string_view text) {
  if (!redraws_) return;
  std::fprintf(to_, "%s%.*s", clear_line, static_cast<int>(text.size()), text.data());
  std::fflush(to_);
}

void progress_line::done(std::string_view text) {
  std::fprintf(to_, "%s%.*s\n", redraws_ ? clear_line : "", static_cast<int>(text.size()), text.data());
  std::fflush(to_);
}

}  // namespace cohedge::cli
