// Lines of JSON. The oracle: however the bytes are cut, the same lines come out, and the stream is refused in every way
// of cutting or in none; what is handed out are the bytes of the input but for line ends and white space.

#include "target.hpp"

#include "conform/cuts.hpp"

#include <cohedge/wire/ndjson.hpp>

#include <string>

namespace cohedge::fuzz {
namespace {

std::string without_space(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out.push_back(c);
  return out;
}

std::string lines_of(std::string_view bytes, const tests::cutting& cut) {
  limits bounds;
  bounds.sse_line = 100;
  wire::ndjson_splitter splitter{bounds};
  std::string log, all;
  std::string_view line;
  bool refused = false;
  tests::feed(bytes, cut, [&](std::string_view piece) {
    auto more = splitter.next(piece, line);
    for (; more.has_value() && more.value(); more = splitter.next(piece, line)) {
      require(!line.empty() && line.size() <= 100 && line.find('\n') == std::string_view::npos);
      log.append(line) += '\n';
    }
    refused = more.has_error();
    require(refused || piece.empty());
    return !refused;
  });
  if (refused) return log + "refused";
  log.append(splitter.tail());
  require(without_space(log) == without_space(bytes));
  return log;
}

void run(std::string_view bytes) {
  const auto whole = lines_of(bytes, {});
  for (std::size_t size : {1U, 3U, 17U}) require(lines_of(bytes, {"", {size}}) == whole);
}

const registered here{"ndjson", &run};

}  // namespace
}  // namespace cohedge::fuzz
