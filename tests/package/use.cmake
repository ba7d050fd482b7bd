# Builds and runs the small project in tests/package/<way> against cohedge. Run as a ctest, see tests/CMakeLists.txt.

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE failed)
  if(failed)
    list(JOIN ARGV " " line)
    message(FATAL_ERROR "failed (${failed}): ${line}")
  endif()
endfunction()

file(REMOVE_RECURSE ${work})
set(ENV{CCACHE_NOHASHDIR} 1)  # the same sources in another build folder are the same

if(way STREQUAL find_package)
  run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/prefix)
  set(where -D CMAKE_PREFIX_PATH=${work}/prefix)
else()
  set(where -D COHEDGE_DIR=${source} -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher})
endif()

run(${CMAKE_COMMAND} -S ${source}/tests/package/${way} -B ${work}/build -G ${generator}
  -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_BUILD_TYPE=${build_type} ${where})
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/consumer)

if(way STREQUAL find_package)
  # The installed headers are the ones in use, not those of the source tree beside them.
  file(READ ${work}/build/CMakeCache.txt cache)
  if(NOT cache MATCHES "cohedge_DIR:PATH=${work}/prefix/")
    message(FATAL_ERROR "find_package(cohedge) found another cohedge than the one just installed")
  endif()
  if(EXISTS ${build}/cohedge)
    run(${work}/prefix/bin/cohedge --help)
  endif()
else()
  # Nothing but the library is built for a project that takes us in.
  foreach(unwanted unit_tests cohedge)
    file(GLOB_RECURSE found ${work}/build/*/${unwanted})
    if(found)
      message(FATAL_ERROR "add_subdirectory built ${found} as well")
    endif()
  endforeach()
endif()
