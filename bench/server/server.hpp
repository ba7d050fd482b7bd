#pragma once

#include "answers.hpp"
#include "link.hpp"
#include "pacer.hpp"
#include "session.hpp"

#include "support/cpu_time.hpp"

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace bench {

struct settings {
  std::uint16_t port = 0;  ///< 0: any
  std::chrono::nanoseconds gap{0};
  std::size_t events = 1000;
  SSL_CTX* tls = nullptr;
  bool stays_awake = false;  ///< between two requests it looks for the next one without sleeping
};

/// Accepts on 127.0.0.1 and answers, one thread, epoll. The constructor prints "listening PORT".
/// On SIGUSR1 it prints a line of JSON with what it counted since the last time.
class server {
 public:
  explicit server(const settings& with);
  [[noreturn]] void run();

 private:
  struct connection {
    connection(int socket, SSL_CTX* tls) : to{socket, tls} {}
    link to;
    std::unique_ptr<session> speaks;  // once the first bytes say which protocol
    bool wants_write = false;
  };

  void listen(std::uint16_t port);
  void watch(int fd, std::uint64_t tag, std::uint32_t events, int what);
  void accept_all();
  void serve(std::uint64_t tag, std::uint32_t events);
  bool read(std::uint64_t tag, connection& one);
  bool flush(std::uint64_t tag, connection& one);
  bool feed(pacer::stream which);
  void print_tally();

  /// One that stays awake: so long after its last work. Whoever sends to a server that sleeps pays for waking it, the more
  /// often the slower he is, and it is his CPU time that is measured.
  static constexpr std::chrono::milliseconds awake_for{5};

  // What epoll gives back: a connection has its number, never used twice.
  static constexpr std::uint64_t listener_tag = 0, signal_tag = 1, first_connection = 2;

  answers says_;
  pacer pace_;
  tally count_;
  cpu_time cpu_ = cpu_time::now();  // when it was last asked
  shared_state shared_{says_, pace_, count_};
  SSL_CTX* tls_;
  bool stays_awake_;
  int listener_ = -1;
  int signals_ = -1;
  int poll_ = -1;
  std::uint64_t next_ = first_connection;
  std::unordered_map<std::uint64_t, std::unique_ptr<connection>> all_;
};

}  // namespace bench
