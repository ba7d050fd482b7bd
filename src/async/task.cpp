#include <cohedge/async/task.hpp>

#include <new>
#if defined(__cpp_exceptions)
#include <exception>
#endif

namespace cohedge {

error error_of_current_exception() noexcept {
#if defined(__cpp_exceptions)
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return errc::out_of_memory;
  } catch (const std::exception& thrown) {
    try {
      return error{errc::unhandled_exception, thrown.what()};
    } catch (...) {  // no memory left for the text
      return errc::unhandled_exception;
    }
  } catch (...) {
    return errc::unhandled_exception;
  }
#else
  return errc::unhandled_exception;
#endif
}

}  // namespace cohedge
