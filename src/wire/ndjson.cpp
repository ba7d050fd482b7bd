#include <cohedge/wire/ndjson.hpp>

#include "padded.hpp"
#include "scan.hpp"

#include <algorithm>

namespace cohedge::wire {

/// The next line, empty or not. False: the input is used up, or the line is too long.
bool ndjson_splitter::take_line(std::string_view& input, std::string_view& line) {
  if (handed_out_) collected_.clear();
  handed_out_ = false;
  const auto end = input.find('\n');
  line = input.substr(0, end);
  if (collected_.size() + line.size() > line_limit_) {
    failure_.emplace(errc::limit_exceeded,
                     "a line of the stream of more than " + std::to_string(line_limit_) + " bytes");
    return false;
  }
  input.remove_prefix(std::min(line.size() + 1, input.size()));
  if (end == std::string_view::npos || !collected_.empty()) {
    collected_.append(line);
    if (end == std::string_view::npos) return false;
    pad(collected_);
    line = collected_;
    handed_out_ = true;
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

result<bool> ndjson_splitter::next(std::string_view& input, std::string_view& line) {
  if (failure_) return *failure_;
  while (take_line(input, line))
    if (!scan::trim(line).empty()) return true;
  if (failure_) return *failure_;
  return false;
}

std::string_view ndjson_splitter::tail() {
  if (failure_ || handed_out_) return {};
  if (collected_.ends_with('\r')) collected_.pop_back();
  pad(collected_);
  return scan::trim(collected_).empty() ? std::string_view{} : std::string_view{collected_};
}

}  // namespace cohedge::wire
