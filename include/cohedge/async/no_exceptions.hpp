#pragma once

// Only for programs built with -fno-exceptions -fno-rtti, -DASIO_NO_EXCEPTIONS and -DASIO_NO_TYPEID.
//
// Asio then leaves it to the program what happens where it would throw: nothing that cohedge does gets there, short of
// memory running out. Include this in each source file that includes Asio, or define the function yourself.

#include <asio/detail/throw_exception.hpp>

#if defined(ASIO_NO_EXCEPTIONS)

#include <cstdio>
#include <cstdlib>

#if !defined(ASIO_SOURCE_LOCATION_PARAM)  // Asio before 1.24
#define ASIO_SOURCE_LOCATION_PARAM
#endif

namespace asio::detail {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"

/// Prints what would have been thrown and ends the program.
template <class Exception>
void throw_exception(const Exception& problem ASIO_SOURCE_LOCATION_PARAM) {
  std::fprintf(stderr, "asio: %s\n", problem.what());
  std::abort();
}

#pragma GCC diagnostic pop

}  // namespace asio::detail

#endif
