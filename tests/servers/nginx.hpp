#pragma once

#include "server_process.hpp"

#include <cohedge/provider/endpoint.hpp>

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
  /// TLS, with a certificate by an authority of its own.
  nginx& secure();
  nginx& workers(int count) { return workers_ = count, *this; }

  result<void> start();
  void stop() noexcept { process_.stop(); }
  /// Asks it to read its configuration again: new workers take over, the old ones finish what they have begun.
  void reload() const noexcept;
  /// Its workers die on the spot, with all that they have begun; it starts others.
  void kill_workers() const noexcept;

  std::uint16_t port() const { return process_.port(); }
  std::string base_url() const;
  /// The authority of `secure`.
  std::string ca_file() const { return (folder().path() / "ca.pem").string(); }
  /// For a client at the level of the transport, and for a provider; both trust that authority.
  net::destination at(net::http_version version) const;
  endpoint where(net::http_version version) const;
  const temporary_folder& folder() const noexcept { return process_.folder(); }
  std::string log() const { return process_.log(); }

 private:
  std::string configuration() const;
  net::tls_options trust() const;

  server_process process_;
  std::uint16_t origin_port_;
  std::string listen_;
  std::string server_;
  std::string location_;
  int workers_ = 1;
  bool secure_ = false;
};

}  // namespace cohedge::tests
