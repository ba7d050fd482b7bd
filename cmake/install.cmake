# Install: headers, both libraries, the program, and what find_package(cohedge) reads.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cohedge)

install(TARGETS cohedge cohedge_testing EXPORT cohedge)
install(EXPORT cohedge NAMESPACE cohedge:: FILE cohedgeTargets.cmake DESTINATION ${package_dir})
if(TARGET cohedge_cli)
  install(TARGETS cohedge_cli)
endif()
install(DIRECTORY include/cohedge DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/cohedgeConfig.cmake.in cohedgeConfig.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may change the API.
write_basic_package_version_file(cohedgeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/cohedgeConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/cohedgeConfigVersion.cmake
  cmake/Findasio.cmake
  cmake/Findnghttp2.cmake
  DESTINATION ${package_dir})
