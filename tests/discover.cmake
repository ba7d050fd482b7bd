# Makes one ctest of each test case of a Catch2 program. Run after the program is built:
#   cmake -D program=… -D catch_version=… -D label=… -D file=… -P discover.cmake
# Catch2's own catch_discover_tests does the same, but in 2.13 it cuts names at semicolons.

if(catch_version VERSION_LESS 3)
  set(list_names --list-test-names-only)  # exits with the number of tests
  # A name that reaches no test case would otherwise count as passed.
  set(options "--warn NoTests")
else()
  set(list_names --list-tests --verbosity quiet)
  set(options "")
endif()
execute_process(COMMAND ${program} ${list_names} OUTPUT_VARIABLE names ERROR_VARIABLE complaint)

# Characters that mean something in a CMake list are stood in for while the lines are taken apart.
string(ASCII 1 semicolon)
string(ASCII 2 open)
string(ASCII 3 close)
string(REPLACE ";" "${semicolon}" names "${names}")
string(REPLACE "[" "${open}" names "${names}")
string(REPLACE "]" "${close}" names "${names}")
string(REPLACE "\n" ";" names "${names}")

set(tests "")
set(count 0)
foreach(name IN LISTS names)
  string(STRIP "${name}" name)
  if(name STREQUAL "")
    continue()
  endif()
  string(REPLACE "${semicolon}" ";" name "${name}")
  string(REPLACE "${open}" "[" name "${name}")
  string(REPLACE "${close}" "]" name "${name}")
  # As Catch2 wants a name that is no pattern.
  string(REGEX REPLACE "([],[\\])" "\\\\\\1" selector "${name}")
  string(APPEND tests "add_test([==[${name}]==] [==[${program}]==] [==[${selector}]==] ${options})\n"
    "set_tests_properties([==[${name}]==] PROPERTIES LABELS ${label} TIMEOUT 300\n"
    "  SKIP_REGULAR_EXPRESSION [==[skipped: .* is (absent|not installed)]==])\n")
  math(EXPR count "${count} + 1")
endforeach()

if(count EQUAL 0)
  message(FATAL_ERROR "${program} lists no test case: ${complaint}")
endif()
file(WRITE ${file} "${tests}")
