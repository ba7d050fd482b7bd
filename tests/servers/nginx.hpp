#pragma once

#include "server_process.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cohedge::tests {

/// An nginx that passes everything on to an origin.
class nginx {
 public:
  explicit nginx(std::uint16_t origin_port) : origin_port_{origin_port} {}

  /// Words that follow the port in `listen`: "http2", "ssl".
  nginx& listens(std::string_view how) { return listen_ = how, *this; }
  /// Directives of the server block; they are also the defaults of its one location.
  nginx& with(std::string_view directives) { return server_.append(directives).append("\n"), *this; }
  /// Directives of the location that passes on.
  nginx& passing(std::string_view directives) { return location_.append(directives).append("\n"), *this; }
  nginx& workers(int count) { return workers_ = count, *this; }

  result<void> start();
  void stop() noexcept { process_.stop(); }
  /// Asks it to read its configuration again: new workers take over, the old ones finish what they have begun.
  void reload() const noexcept;
  /// How often it has done so.
  std::size_t reloads() const;

  std::uint16_t port() const { return process_.port(); }
  std::string base_url() const { return "http://127.0.0.1:" + std::to_string(port()) + "/v1"; }
  const temporary_folder& folder() const noexcept { return process_.folder(); }
  std::string log() const { return process_.log(); }

 private:
  std::string configuration() const;

  server_process process_;
  std::uint16_t origin_port_;
  std::string listen_;
  std::string server_;
  std::string location_;
  int workers_ = 1;
};

}  // namespace cohedge::tests
