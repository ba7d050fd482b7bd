// Fuzz target for the URL parser. The oracle: what was accepted is accepted again when put together, with the same
// parts, and its parts cannot break a request line or a header.
//   clang++ -std=c++20 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/url_fuzz.cpp src/wire/*.cpp
//   src/core/*.cpp

#include <cohedge/wire/http1.hpp>
#include <cohedge/wire/url.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace url_fuzz {

inline void check(std::string_view text) {
  using namespace cohedge::wire;
  const auto read = parse_url(text);
  if (read.has_error()) return;
  const url& one = read.value();
  const auto again = parse_url(one.origin() + one.target());
  if (again.has_error()) std::abort();
  const url& two = again.value();
  if (one.scheme != two.scheme || one.host != two.host || one.port != two.port || one.path != two.path ||
      one.query != two.query) {
    std::abort();
  }
  const std::string host = one.host_header();
  const header fields[]{{"Host", host}};
  std::string out;
  if (write_request_head(out, "GET", one.target(), fields, std::nullopt).has_error()) std::abort();
}

}  // namespace url_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  url_fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
