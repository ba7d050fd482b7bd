// A project that uses cohedge. It includes the umbrella header once there is one.
#if __has_include(<cohedge/cohedge.hpp>)
#include <cohedge/cohedge.hpp>
#else
#include <cohedge/core/error.hpp>
#endif

#include <cstdio>

#if !defined(SIMDJSON_DEVELOPMENT_CHECKS) || SIMDJSON_DEVELOPMENT_CHECKS
#error "whoever links cohedge must compile simdjson's types as cohedge does"
#endif

int main() {
  const auto text = cohedge::to_string(cohedge::errc::all_cooled);
  std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
  return text == "all targets are cooling down" ? 0 : 1;
}
