# What every target of this project is compiled with. Nothing here reaches the targets of a project that includes us,
# apart from the build type and the sanitizers, which only ever make sense for a whole program.

if(cohedge_is_top_level)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

  find_program(CCACHE ccache)
  if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  endif()

  if(COHEDGE_SANITIZE)
    add_compile_options(-fsanitize=${COHEDGE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${COHEDGE_SANITIZE})
    if(COHEDGE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # ThreadSanitizer does not see the fences of Asio, and g++ would say so hundreds of times.
      add_compile_options(-Wno-tsan)
    endif()
  endif()
endif()

# Sets language level and warnings for one of our own targets.
function(cohedge_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  # Without modules there is nothing to scan for: newer CMakes would preprocess every source once more.
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_SCAN_FOR_MODULES OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # maybe-uninitialized: g++ 12 and 14 see ghosts in results that were inlined through several layers.
    target_compile_options(${target} PRIVATE -fcoroutines -Wno-maybe-uninitialized)
  endif()
  if(COHEDGE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(COHEDGE_NO_EXCEPTIONS)
    # Every file gets a definition of what Asio calls instead of throwing.
    target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti
      -include ${PROJECT_SOURCE_DIR}/include/cohedge/async/no_exceptions.hpp)
  endif()
endfunction()
