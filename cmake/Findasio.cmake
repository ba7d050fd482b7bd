# Finds standalone Asio, which ships no CMake package of its own: target asio::asio, variable asio_VERSION.
# Installed beside cohedgeConfig.cmake, so that a project using cohedge finds Asio the same way.

find_path(asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(asio_INCLUDE_DIR)

if(asio_INCLUDE_DIR)
  # "#define ASIO_VERSION 102201 // 1.22.1": 100000 x major + 100 x minor + patch.
  file(STRINGS "${asio_INCLUDE_DIR}/asio/version.hpp" asio_line REGEX "#define ASIO_VERSION ")
  string(REGEX MATCH "[0-9]+" asio_number "${asio_line}")
  math(EXPR asio_major "${asio_number} / 100000")
  math(EXPR asio_minor "${asio_number} / 100 % 1000")
  math(EXPR asio_patch "${asio_number} % 100")
  set(asio_VERSION "${asio_major}.${asio_minor}.${asio_patch}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(asio REQUIRED_VARS asio_INCLUDE_DIR VERSION_VAR asio_VERSION)

if(asio_FOUND AND NOT TARGET asio::asio)
  add_library(asio::asio INTERFACE IMPORTED)
  set_target_properties(asio::asio PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${asio_INCLUDE_DIR}")
endif()
