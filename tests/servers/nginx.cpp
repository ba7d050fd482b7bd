#include "nginx.hpp"

#include <signal.h>

namespace cohedge::tests {

result<void> nginx::start() {
  const auto file = folder().write("nginx.conf", configuration());
  return process_.start({"nginx", "-p", folder().path().string(), "-c", file, "-e", "stderr"});
}

void nginx::reload() const noexcept { process_.signal(SIGHUP); }

std::size_t nginx::reloads() const {
  std::size_t count = 0;
  const auto text = log();
  for (auto at = text.find("reconfiguring"); at != std::string::npos; at = text.find("reconfiguring", at + 1)) ++count;
  return count;
}

/// Connections to the origin are kept, so that a hundred thousand requests do not use up its ports, and nothing is asked
/// of it twice: whatever the origin sees twice is then of our own doing.
std::string nginx::configuration() const {
  const auto address = "127.0.0.1:" + std::to_string(port());
  std::string text;
  text.append("daemon off;\npid nginx.pid;\nerror_log stderr notice;\nworker_processes ")
      .append(std::to_string(workers_))
      .append(";\nevents { worker_connections 1024; }\nhttp {\naccess_log off;\n");
  for (const auto* folder : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    text.append(folder).append("_temp_path ").append(folder).append(";\n");
  text.append("upstream origin { server 127.0.0.1:").append(std::to_string(origin_port_)).append("; keepalive 64; }\n");
  text.append("server {\nlisten ").append(address).append(" ").append(listen_).append(";\n").append(server_);
  text.append("location / {\nproxy_pass http://origin;\nproxy_http_version 1.1;\nproxy_next_upstream off;\n")
      .append("proxy_set_header Connection \"\";\nproxy_set_header X-Protocol $server_protocol;\n")
      .append(location_)
      .append("}\n}\n}\n");
  return text;
}

}  // namespace cohedge::tests
