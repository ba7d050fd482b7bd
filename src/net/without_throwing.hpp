#pragma once

namespace cohedge::net {

/// For functions that C code calls back, and for handlers that begin the next operation: what `work` throws must neither
/// cross the one nor come out of the executor. `if_thrown` then says what to return.
template <class Work, class Otherwise>
auto without_throwing(Work work, [[maybe_unused]] Otherwise if_thrown) noexcept {
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
