#include "nginx.hpp"

#include <cohedge/testing/certificates.hpp>

#include <signal.h>

#include <cstdlib>

namespace cohedge::tests {

result<void> nginx::start() {
  const auto file = folder().write("nginx.conf", configuration());
  return process_.start({"nginx", "-p", folder().path().string(), "-c", file, "-e", "stderr"});
}

nginx& nginx::secure() {
  testing::certificate_authority authority;
  const auto own = authority.issue({"127.0.0.1", "localhost"});
  folder().write("ca.pem", authority.ca_pem());
  secure_ = true;
  return with("ssl_certificate " + folder().write("certificate.pem", own.cert_pem) + ";\nssl_certificate_key " +
              folder().write("key.pem", own.key_pem) + ";");
}

std::string nginx::base_url() const {
  return (secure_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port()) + "/v1";
}

void nginx::reload() const noexcept { process_.signal(SIGHUP); }

/// The latest ones: those that have begun a reload before may be gone, and their numbers somebody else's.
void nginx::kill_workers() const noexcept {
  constexpr std::string_view before = "start worker process ";
  const auto text = log();
  auto at = text.size();
  for (int i = 0; i < workers_ && at != std::string::npos && at > 0; ++i) {
    at = text.rfind(before, at - 1);
    if (at == std::string::npos) continue;
    const int worker = std::atoi(text.c_str() + at + before.size());
    if (worker > 0) ::kill(worker, SIGKILL);
  }
}

net::tls_options nginx::trust() const {
  net::tls_options how;
  if (secure_) how.extra_ca_file(ca_file());
  return how;
}

net::destination nginx::at(net::http_version version) const {
  net::destination to{net::origin{secure_, "127.0.0.1", port()}};
  return to.version(version).tls(trust());
}

endpoint nginx::where(net::http_version version) const {
  return endpoint{base_url(), "m"}.version(version).tls(trust());
}

/// Connections to the origin are kept, so that a hundred thousand requests do not use up its ports, and nothing is asked
/// of it twice: whatever the origin sees twice is then of our own doing.
std::string nginx::configuration() const {
  const auto address = "127.0.0.1:" + std::to_string(port());
  std::string text;
  text.append("daemon off;\npid nginx.pid;\nerror_log stderr notice;\nworker_processes ")
      .append(std::to_string(workers_))
      .append(";\nevents { worker_connections 1024; }\nhttp {\naccess_log off;\n")
      .append("log_format coding '$status $sent_http_content_encoding';\n");
  for (const auto* folder : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    text.append(folder).append("_temp_path ").append(folder).append(";\n");
  text.append("upstream origin { server 127.0.0.1:").append(std::to_string(origin_port_)).append("; keepalive 64; }\n");
  text.append("server {\nlisten ").append(address).append(secure_ ? " ssl " : " ").append(listen_).append(";\n").append(server_);
  text.append("location / {\nproxy_pass http://origin;\nproxy_http_version 1.1;\nproxy_next_upstream off;\n")
      .append("proxy_set_header Connection \"\";\nproxy_set_header X-Protocol $server_protocol;\n")
      .append(location_)
      .append("}\n}\n}\n");
  return text;
}

}  // namespace cohedge::tests
