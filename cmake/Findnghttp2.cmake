# Finds nghttp2, whose package has no CMake files: target nghttp2::nghttp2, variable nghttp2_VERSION.
# Installed beside cohedgeConfig.cmake, so that a project using a static cohedge finds it the same way.

find_path(nghttp2_INCLUDE_DIR nghttp2/nghttp2.h)
find_library(nghttp2_LIBRARY nghttp2)
mark_as_advanced(nghttp2_INCLUDE_DIR nghttp2_LIBRARY)

if(nghttp2_INCLUDE_DIR)
  file(STRINGS "${nghttp2_INCLUDE_DIR}/nghttp2/nghttp2ver.h" nghttp2_line REGEX "#define NGHTTP2_VERSION ")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" nghttp2_VERSION "${nghttp2_line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(nghttp2 REQUIRED_VARS nghttp2_LIBRARY nghttp2_INCLUDE_DIR VERSION_VAR nghttp2_VERSION)

if(nghttp2_FOUND AND NOT TARGET nghttp2::nghttp2)
  add_library(nghttp2::nghttp2 UNKNOWN IMPORTED)
  set_target_properties(nghttp2::nghttp2 PROPERTIES
    IMPORTED_LOCATION "${nghttp2_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${nghttp2_INCLUDE_DIR}")
endif()
