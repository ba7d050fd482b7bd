#include "server.hpp"

#include "die.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

namespace bench {

using std::chrono::steady_clock;

server::server(const settings& with)
    : pace_{with.gap, with.events}, tls_{with.tls}, stays_awake_{with.stays_awake} {
  poll_ = epoll_create1(0);
  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &asked, nullptr);
  signals_ = signalfd(-1, &asked, SFD_NONBLOCK);
  watch(signals_, signal_tag, EPOLLIN, EPOLL_CTL_ADD);
  listen(with.port);
  watch(listener_, listener_tag, EPOLLIN, EPOLL_CTL_ADD);
}

void server::run() {
  epoll_event ready[512];
  steady_clock::time_point busy_until{};
  for (;;) {
    const bool busy = stays_awake_ && steady_clock::now() < busy_until;
    const int n = epoll_wait(poll_, ready, 512, busy ? 0 : pace_.timeout());
    if (n > 0) busy_until = steady_clock::now() + awake_for;
    for (int i = 0; i < n; ++i) {
      switch (ready[i].data.u64) {
        case listener_tag: accept_all(); break;
        case signal_tag: print_tally(); break;
        default: serve(ready[i].data.u64, ready[i].events);
      }
    }
    pace_.run([this](pacer::stream which) { return feed(which); });
  }
}

void server::listen(std::uint16_t port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || ::listen(listener_, 16384) != 0)
    die("cannot listen on port " + std::to_string(port) + ": " + std::strerror(errno));
  socklen_t size = sizeof at;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
  std::printf("listening %d\n", ntohs(at.sin_port));
  std::fflush(stdout);
}

void server::watch(int fd, std::uint64_t tag, std::uint32_t events, int what) {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.u64 = tag;
  epoll_ctl(poll_, what, fd, &wanted);
}

void server::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) {
      if (errno == EMFILE) die("out of file descriptors: raise `ulimit -n`");
      return;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++count_.connections;
    const auto tag = next_++;
    all_.emplace(tag, std::make_unique<connection>(fd, tls_));
    watch(fd, tag, EPOLLIN, EPOLL_CTL_ADD);
  }
}

void server::serve(std::uint64_t tag, std::uint32_t events) {
  const auto found = all_.find(tag);
  if (found == all_.end()) return;
  auto& one = *found->second;
  bool alive = true;
  if (!one.to.handshaken()) {
    const auto step = one.to.handshake();
    if (step == link::step::again) return;
    alive = step == link::step::done;
    if (alive && one.to.resumed()) ++count_.resumed;
  }
  if (alive && (events & EPOLLOUT)) alive = flush(tag, one);
  if (alive && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) alive = read(tag, one);
  if (!alive) all_.erase(found);
}

/// Reads all there is and answers it. False: the peer is gone, or is not to be served.
bool server::read(std::uint64_t tag, connection& one) {
  char buffer[16 * 1024];
  for (;;) {
    const auto got = one.to.receive(buffer, sizeof buffer);
    if (!got) return false;
    if (*got == 0) break;
    const std::string_view arrived{buffer, *got};
    if (!one.speaks)
      one.speaks = begins_http2(arrived) ? make_http2_session(shared_, tag) : make_http1_session(shared_, tag);
    if (!one.speaks->take(arrived)) return false;
    if (*got < sizeof buffer && !tls_) break;  // with TLS there may be another record
  }
  return flush(tag, one);
}

/// Sends what the session has, as far as the socket takes it. False: the peer is gone.
bool server::flush(std::uint64_t tag, connection& one) {
  if (!one.speaks) return true;
  auto bytes = one.speaks->pending();
  while (!bytes.empty()) {
    const auto sent = one.to.send(bytes);
    if (!sent) return false;
    if (*sent == 0) break;
    one.speaks->sent(*sent);
    bytes = one.speaks->pending();
  }
  const bool wants = !bytes.empty();
  if (std::exchange(one.wants_write, wants) != wants)
    watch(one.to.socket(), tag, wants ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
  return true;
}

bool server::feed(pacer::stream which) {
  const auto found = all_.find(which.connection);
  if (found == all_.end()) return false;
  auto& one = *found->second;
  const bool goes_on = one.speaks->feed(which.id);
  if (flush(which.connection, one)) return goes_on;
  all_.erase(found);
  return false;
}

void server::print_tally() {
  signalfd_siginfo signal;
  if (::read(signals_, &signal, sizeof signal) != sizeof signal) return;
  const auto count = std::exchange(count_, {});
  const auto now = cpu_time::now();
  const auto before = std::exchange(cpu_, now);
  const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf("{\"connections\": %llu, \"resumed\": %llu, \"http2\": %llu, \"requests\": %llu, \"cpu_s\": %.3f}\n",
              number(count.connections), number(count.resumed), number(count.http2), number(count.requests),
              now.user + now.sys - before.user - before.sys);
  std::fflush(stdout);
}

}  // namespace bench
