#pragma once

namespace cohedge::net {

/// For functions that C code calls back: what `work` throws must not cross it. `if_thrown` then says what to return.
template <class Work, class Otherwise>
auto in_c_callback(Work work, [[maybe_unused]] Otherwise if_thrown) noexcept {
#if defined(__cpp_exceptions)
  try {
    return work();
  } catch (...) {
    return if_thrown();
  }
#else
  return work();
#endif
}

}  // namespace cohedge::net
