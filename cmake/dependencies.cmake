# Dependencies: the system's packages first, otherwise a pinned release whose hash is written here (COHEDGE_FETCH).
# docs/dependencies.md says what each one is for.

include(FetchContent)
set(cohedge_fetched "")

# Stops, naming what to install.
function(cohedge_missing what package)
  message(FATAL_ERROR "${what} was not found. Install it (Debian, Ubuntu: apt-get install ${package}), "
    "or let ./dev setup do it.")
endfunction()

# Fetches a release and leaves its folder in <name>_SOURCE_DIR. The release's own CMake files are not run
# (SOURCE_SUBDIR names a folder that is not there): the few targets that we need are made below.
macro(cohedge_fetch name package url hash)
  if(NOT COHEDGE_FETCH)
    cohedge_missing(${name} ${package})
  endif()
  message(STATUS "${name}: not on this system, fetching ${url}")
  FetchContent_Declare(${name} URL ${url} URL_HASH ${hash} SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(${name})
  list(APPEND cohedge_fetched ${name})
endmacro()

# ---- without a pinned release: every system has these, and their security fixes, of its own

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 QUIET)
if(NOT OPENSSL_FOUND)
  cohedge_missing("OpenSSL 3.0 or newer" libssl-dev)
endif()
find_package(ZLIB QUIET)
if(NOT ZLIB_FOUND)
  cohedge_missing("zlib" zlib1g-dev)
endif()

list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
find_package(nghttp2 1.52 QUIET MODULE)
if(NOT TARGET nghttp2::nghttp2)
  cohedge_missing("nghttp2 1.52 or newer" libnghttp2-dev)
endif()

# ---- Asio (standalone)

find_package(asio 1.22.1 QUIET MODULE)
if(NOT TARGET asio::asio)
  # Hash: bazel-central-registry, modules/asio/1.34.2/source.json.
  cohedge_fetch(asio libasio-dev
    https://github.com/chriskohlhoff/asio/archive/refs/tags/asio-1-34-2.tar.gz
    SHA256=f3bac015305fbb700545bd2959fbc52d75a1ec2e05f9c7f695801273ceb78cf5)
  add_library(asio::asio INTERFACE IMPORTED)
  target_include_directories(asio::asio INTERFACE ${asio_SOURCE_DIR}/asio/include)
endif()

# ---- Boost.Outcome (headers only)

find_package(Boost 1.74 QUIET)
if(NOT TARGET Boost::headers)
  # Hash: conan-center-index, recipes/boost/all/conandata.yml. Boost comes whole (120 MB): a system package is kinder.
  cohedge_fetch(boost libboost-dev
    https://archives.boost.io/release/1.86.0/source/boost_1_86_0.tar.bz2
    SHA256=1bed88e40401b2cb7a1f76d4bab499e352fa4d0c5f31c0dbae64e24d34d7513b)
  add_library(Boost::headers INTERFACE IMPORTED)
  target_include_directories(Boost::headers INTERFACE ${boost_SOURCE_DIR})
endif()

# ---- simdjson

find_package(simdjson QUIET CONFIG)
if(simdjson_FOUND AND simdjson_VERSION VERSION_LESS 3.0)
  cohedge_missing("simdjson 3.0 or newer (found ${simdjson_VERSION})" libsimdjson-dev)
elseif(NOT TARGET simdjson::simdjson)
  # Hash: bazel-central-registry, modules/simdjson/3.12.3/source.json.
  cohedge_fetch(simdjson libsimdjson-dev
    https://github.com/simdjson/simdjson/releases/download/v3.12.3/singleheader.zip
    SHA256=defa59318f1d946bc8193ccb824b13fb57b030809e33d15261074258bb6e6672)
  add_library(simdjson STATIC ${simdjson_SOURCE_DIR}/simdjson.cpp)
  add_library(simdjson::simdjson ALIAS simdjson)
  target_include_directories(simdjson SYSTEM PUBLIC ${simdjson_SOURCE_DIR})
  target_compile_features(simdjson PUBLIC cxx_std_17)
endif()

# ---- toml++: read by src/config only, headers only, without exceptions; and simdjson through error codes only.
# A build-time target: nothing of it reaches those who link cohedge.

add_library(cohedge_private_dependencies INTERFACE)
target_compile_definitions(cohedge_private_dependencies INTERFACE
  TOML_HEADER_ONLY=1 TOML_EXCEPTIONS=0 SIMDJSON_EXCEPTIONS=0)
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h)
mark_as_advanced(TOMLPLUSPLUS_INCLUDE_DIR)
if(TOMLPLUSPLUS_INCLUDE_DIR)
  target_include_directories(cohedge_private_dependencies SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE_DIR})
else()
  # Hash: bazel-central-registry, modules/tomlplusplus/3.4.0/source.json.
  cohedge_fetch(tomlplusplus libtomlplusplus-dev
    https://github.com/marzer/tomlplusplus/archive/refs/tags/v3.4.0.tar.gz
    SHA256=8517f65938a4faae9ccf8ebb36631a38c1cadfb5efa85d9a72e15b9e97d25155)
  target_include_directories(cohedge_private_dependencies SYSTEM INTERFACE ${tomlplusplus_SOURCE_DIR}/include)
endif()

# ---- CLI11: the program only

if(COHEDGE_BUILD_CLI)
  find_package(CLI11 QUIET CONFIG)
  if(NOT TARGET CLI11::CLI11)
    # Hash: bazel-central-registry, modules/cli11/2.5.0/source.json.
    cohedge_fetch(cli11 libcli11-dev
      https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.5.0.tar.gz
      SHA256=17e02b4cddc2fa348e5dbdbb582c59a3486fa2b2433e70a0c3bacb871334fd55)
    add_library(CLI11::CLI11 INTERFACE IMPORTED)
    target_include_directories(CLI11::CLI11 INTERFACE ${cli11_SOURCE_DIR}/include)
  endif()
endif()

# ---- Catch2, 2.13 or 3: the tests only

if(COHEDGE_BUILD_TESTS AND NOT COHEDGE_NO_EXCEPTIONS)
  find_package(Catch2 QUIET CONFIG)
  if(NOT TARGET Catch2::Catch2 AND NOT COHEDGE_FETCH)
    cohedge_missing("Catch2 2.13 or 3" catch2)
  elseif(NOT TARGET Catch2::Catch2)
    # Hash: bazel-central-registry, modules/catch2/3.7.1/source.json. Its own CMake files build it.
    message(STATUS "Catch2: not on this system, fetching 3.7.1")
    FetchContent_Declare(Catch2
      URL https://github.com/catchorg/Catch2/archive/refs/tags/v3.7.1.tar.gz
      URL_HASH SHA256=c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c)
    FetchContent_MakeAvailable(Catch2)
    set(Catch2_VERSION 3.7.1)
  endif()
endif()

# A target built here from fetched source is not in our install set, so such a build cannot be installed.
if(cohedge_fetched AND COHEDGE_INSTALL)
  message(STATUS "install targets are off: ${cohedge_fetched} came from the network, not from the system")
  set(COHEDGE_INSTALL OFF)
endif()
