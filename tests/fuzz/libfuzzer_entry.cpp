// What libFuzzer calls: the one target that is linked into this program.

#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cohedge::fuzz::targets().front().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
