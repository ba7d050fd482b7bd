// A server for the load programs: one thread, epoll, answers made once at the start, and no more work on a request than
// finding its end, so that what is measured, the client's CPU time, never waits for it.
//
//   load_server -p PORT [-g NANOSECONDS -n EVENTS] [-a AUTHORITY.pem | -c CERT.pem -k KEY.pem] [-x] [-b]
//
// Any POST: a 672-byte completion, 1,193 bytes with the headers that OpenAI sends. With "stream":true in the body: a
// stream of 257 events of 260 bytes, one HTTP chunk (HTTP/2: DATA frame) each, in one write; with -g one event every so
// many nanoseconds, -n of them. HTTP/1.1, and HTTP/2 with clients that begin so: by ALPN with TLS, by prior knowledge
// without. -c and -k: TLS with that certificate; -a: TLS with one that is made now, its authority written to that file;
// -x: no session is resumed, every handshake is a full one. -b: stays busy between two requests instead of sleeping; it
// wants a core of its own.
// -p 0 takes any port. Prints "listening PORT" when it is ready, and on SIGUSR1 what it counted since the last time.

#include "die.hpp"
#include "server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  bench::settings with;
  std::string authority, certificate, key;
  bool resume = true;
  for (int option; (option = getopt(argc, argv, "p:g:n:a:c:k:xb")) != -1;) {
    switch (option) {
      case 'p': with.port = static_cast<std::uint16_t>(std::atoi(optarg)); break;
      case 'g': with.gap = std::chrono::nanoseconds{std::atoll(optarg)}; break;
      case 'n': with.events = static_cast<std::size_t>(std::atoll(optarg)); break;
      case 'a': authority = optarg; break;
      case 'c': certificate = optarg; break;
      case 'k': key = optarg; break;
      case 'x': resume = false; break;
      case 'b': with.stays_awake = true; break;
      default:
        bench::die(
            "usage: load_server -p PORT [-g NANOSECONDS -n EVENTS] "
            "[-a AUTHORITY.pem | -c CERT.pem -k KEY.pem] [-x] [-b]");
    }
  }
  if (!authority.empty())
    with.tls = bench::make_tls_context(authority);
  else if (!certificate.empty())
    with.tls = bench::make_tls_context(certificate, key);
  if (with.tls && !resume) bench::send_no_tickets(with.tls);
  bench::server{with}.run();
}
