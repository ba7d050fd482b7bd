#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace bench {

[[noreturn]] inline void die(const std::string& what) {
  std::fprintf(stderr, "load_server: %s\n", what.c_str());
  std::exit(1);
}

}  // namespace bench
