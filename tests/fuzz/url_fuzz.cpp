// The URL parser. The oracle: what was accepted is accepted again when put together, with the same parts, and its
// parts cannot break a request line or a header.

#include "target.hpp"

#include <cohedge/wire/http1.hpp>
#include <cohedge/wire/url.hpp>

#include <string>

namespace cohedge::fuzz {
namespace {

void run(std::string_view text) {
  const auto read = wire::parse_url(text);
  if (read.has_error()) return;
  const wire::url& one = read.value();
  const auto again = wire::parse_url(one.origin() + one.target());
  require(again.has_value());
  const wire::url& two = again.value();
  require(one.scheme == two.scheme && one.host == two.host && one.port == two.port);
  require(one.path == two.path && one.query == two.query && one.target() == two.target());

  const std::string host = one.host_header();
  const wire::header fields[]{{"Host", host}};
  std::string out;
  require(wire::write_request_head(out, "GET", one.target(), fields, std::nullopt).has_value());
}

const registered here{"url", &run};

}  // namespace
}  // namespace cohedge::fuzz
