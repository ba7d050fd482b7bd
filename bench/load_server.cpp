// A server for the load programs: one thread, epoll, answers made once at the start. It parses just enough of a request
// to find its end, so that what is measured, the client's CPU time, never waits for it.
//
//   load_server -p PORT [-g NANOSECONDS -n EVENTS] [-c CERT.pem -k KEY.pem]
//
// Any POST: a 672-byte completion, 1,193 bytes with the headers that OpenAI sends. With "stream":true in the body: a
// stream of 257 events of 260 bytes, one HTTP chunk each, in one write; with -g one event every so many nanoseconds, -n
// of them. -p 0 takes any port. Prints "listening PORT" when it is ready.

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t events_of_a_stream = 257;
constexpr std::size_t body_size = 672;
constexpr std::size_t whole_size = 1193;
constexpr std::size_t event_size = 260 + 8;  // with "data: " and the empty line

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "load_server: %s\n", what.c_str());
  std::exit(1);
}

// ---- the answers

const std::string headers =
    "date: Sat, 21 Nov 2026 09:00:00 GMT\r\n"
    "openai-organization: org-bench\r\n"
    "openai-processing-ms: 412\r\n"
    "openai-version: 2020-10-01\r\n"
    "x-ratelimit-limit-requests: 10000\r\n"
    "x-ratelimit-limit-tokens: 2000000\r\n"
    "x-ratelimit-remaining-requests: 9999\r\n"
    "x-ratelimit-remaining-tokens: 1999880\r\n"
    "x-ratelimit-reset-requests: 6ms\r\n"
    "x-ratelimit-reset-tokens: 3ms\r\n";

/// `head` and a request id that brings head and `body` together to `size` bytes.
std::string padded_head(std::string head, const std::string& body, std::size_t size) {
  head += headers + "x-request-id: req_";
  const auto used = head.size() + 4 + body.size();
  if (used > size) die("the answer's headers have outgrown their size");
  return head + std::string(size - used, '7') + "\r\n\r\n";
}

std::string whole_answer() {
  const std::string before =
      R"({"id":"chatcmpl-9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c","object":"chat.completion","created":1763715600,)"
      R"("model":"m-2026-11-01","choices":[{"index":0,"message":{"role":"assistant","content":")"
      R"(Come in, come in, before the rain takes the both of us. There is stew on the fire and one dry bed left, if you do not mind mice.)"
      R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":58,)"
      R"("completion_tokens":32,"total_tokens":90,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},)"
      R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"service_tier":"default",)"
      R"("system_fingerprint":"fp_)";
  const std::string after = "\"}";
  if (before.size() + after.size() > body_size) die("the answer has outgrown its size");
  const auto body = before + std::string(body_size - before.size() - after.size(), 'f') + after;
  const auto head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " +
                    std::to_string(body.size()) + "\r\n";
  return padded_head(head, body, whole_size) + body;
}

std::string stream_head() {
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n" +
         headers + "x-request-id: req_7777777777\r\n\r\n";
}

std::string as_chunk(const std::string& data) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + data + "\r\n";
}

/// One event of `event_size` bytes with the given members of its choice and of the whole.
std::string event(const std::string& choice, const std::string& further = {}) {
  const std::string before =
      R"(data: {"id":"chatcmpl-9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c","object":"chat.completion.chunk","created":1763715600,)"
      R"("model":"m-2026-11-01","choices":[)" +
      choice + "]" + further + R"(,"obfuscation":")";
  const std::string after = "\"}\n\n";
  const auto used = before.size() + after.size();
  if (used > event_size) die("an event has outgrown its size");
  return as_chunk(before + std::string(event_size - used, 'q') + after);
}

std::string text_event(std::size_t i) {
  static constexpr const char* words[] = {" come", " in", " before", " the", " rain", " takes", " us", " both,"};
  return event(std::string{R"({"index":0,"delta":{"content":")"} + words[i % 8] +
               R"("},"logprobs":null,"finish_reason":null})");
}

std::string stream_start() {
  return event(R"({"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null})");
}

std::string stream_end() {
  return event(R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"})") +
         event("", R"(,"usage":{"prompt_tokens":58,"completion_tokens":254,"total_tokens":312})") +
         as_chunk("data: [DONE]\n\n") + "0\r\n\r\n";
}

/// Role, texts, finish reason and usage: 257 events, and [DONE].
std::string whole_stream() {
  auto all = stream_head() + stream_start();
  for (std::size_t i = 0; i + 3 < events_of_a_stream; ++i) all += text_event(i);
  return all + stream_end();
}

// ---- connections

struct connection {
  int fd = -1;
  SSL* tls = nullptr;
  bool accepting = false;      // the TLS handshake is going on
  std::string in;              // of a request that has not arrived whole
  std::string_view out;        // what is left to be written; the bytes live as long as the server
  bool wants_write = false;
  std::size_t paced_left = 0;  // events still to come
  std::uint64_t generation = 0;
};

struct settings {
  std::uint16_t port = 0;
  std::chrono::nanoseconds gap{0};
  std::size_t events = 1000;
  SSL_CTX* tls = nullptr;
};

class server {
 public:
  explicit server(const settings& with) : with_{with} {
    ERR_clear_error();
    listen();
    poll_ = epoll_create1(0);
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  }

  [[noreturn]] void run() {
    epoll_event ready[512];
    for (;;) {
      const int n = epoll_wait(poll_, ready, 512, timeout());
      for (int i = 0; i < n; ++i) {
        if (ready[i].data.fd == listener_)
          accept_all();
        else if (const auto found = all_.find(ready[i].data.fd); found != all_.end())
          serve(*found->second, ready[i].events);
      }
      feed_streams();
    }
  }

 private:
  enum class io { done, again, gone };

  void listen() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(with_.port);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || ::listen(listener_, 16384) != 0)
      die("cannot listen on port " + std::to_string(with_.port) + ": " + std::strerror(errno));
    socklen_t size = sizeof at;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    std::printf("listening %d\n", ntohs(at.sin_port));
    std::fflush(stdout);
  }

  void watch(int fd, std::uint32_t events, int what) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = fd;
    epoll_ctl(poll_, what, fd, &wanted);
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto fresh = std::make_unique<connection>();
      fresh->fd = fd;
      fresh->generation = ++generations_;
      if (with_.tls) {
        fresh->tls = SSL_new(with_.tls);
        SSL_set_fd(fresh->tls, fd);
        SSL_set_accept_state(fresh->tls);
        fresh->accepting = true;
      }
      all_[fd] = std::move(fresh);
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  void close(connection& c) {
    const int fd = c.fd;
    if (c.tls) SSL_free(c.tls);
    ::close(fd);
    all_.erase(fd);
  }

  void serve(connection& c, std::uint32_t events) {
    if (c.accepting) {
      const int did = SSL_do_handshake(c.tls);
      if (did != 1) {
        const int why = SSL_get_error(c.tls, did);
        ERR_clear_error();
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) close(c);
        return;
      }
      c.accepting = false;
    }
    if (c.wants_write && (events & EPOLLOUT) && !flush(c)) return close(c);
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !read_requests(c)) close(c);
  }

  /// False: the peer is gone.
  bool read_requests(connection& c) {
    char buffer[16 * 1024];
    for (;;) {
      const auto got = receive(c, buffer, sizeof buffer);
      if (got == 0) return true;
      if (got < 0) return false;
      std::string_view arrived{buffer, static_cast<std::size_t>(got)};
      if (!c.in.empty()) {
        c.in.append(arrived);
        arrived = c.in;
      }
      const auto used = answer_all(c, arrived);
      if (!used) return false;
      std::string rest{arrived.substr(*used)};
      c.in.swap(rest);
      if (static_cast<std::size_t>(got) < sizeof buffer && !c.tls) return true;
    }
  }

  /// Bytes; 0: none now; -1: closed.
  long receive(connection& c, char* into, std::size_t size) {
    if (!c.tls) {
      const auto got = recv(c.fd, into, size, 0);
      if (got < 0) return errno == EAGAIN ? 0 : -1;
      return got == 0 ? -1 : got;
    }
    const int got = SSL_read(c.tls, into, static_cast<int>(size));
    if (got > 0) return got;
    const int why = SSL_get_error(c.tls, got);
    ERR_clear_error();
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
  }

  /// Answers every request that is there whole; the bytes they took, or nothing when the peer is gone.
  std::optional<std::size_t> answer_all(connection& c, std::string_view arrived) {
    std::size_t used = 0;
    for (;;) {
      const auto one = arrived.substr(used);
      const auto end = one.find("\r\n\r\n");
      if (end == std::string_view::npos) return used;
      const auto body = end + 4;
      const auto size = body + content_length(one.substr(0, end));
      if (one.size() < size) return used;
      used += size;
      if (!answer(c, one.substr(body, size - body))) return std::nullopt;
    }
  }

  static std::size_t content_length(std::string_view head) {
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
      static constexpr std::string_view name = "content-length:";
      if (head.size() - at - 2 < name.size()) return 0;
      if (strncasecmp(head.data() + at + 2, name.data(), name.size()) == 0)
        return std::strtoul(head.data() + at + 2 + name.size(), nullptr, 10);
    }
    return 0;
  }

  bool answer(connection& c, std::string_view body) {
    if (body.find("\"stream\":true") == std::string_view::npos) return write(c, whole_);
    if (with_.gap.count() == 0) return write(c, stream_);
    c.paced_left = with_.events;
    // Each stream gets its own phase, so that a thousand of them do not come in one burst.
    const auto phase = with_.gap.count() * static_cast<long>(c.generation % 1024) / 1024;
    pending_start_.push_back({steady::now() + std::chrono::nanoseconds{phase}, c.fd, c.generation});
    return write(c, paced_start_);
  }

  bool write(connection& c, std::string_view bytes) {
    if (!c.out.empty()) return c.paced_left > 0;  // a client that does not keep up with its pace misses events
    c.out = bytes;
    return flush(c);
  }

  bool flush(connection& c) {
    while (!c.out.empty()) {
      const auto sent = send_some(c);
      if (sent < 0) return false;
      if (sent == 0) break;
      c.out.remove_prefix(static_cast<std::size_t>(sent));
    }
    const bool wants = !c.out.empty();
    if (wants != c.wants_write) watch(c.fd, wants ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
    c.wants_write = wants;
    return true;
  }

  long send_some(connection& c) {
    if (!c.tls) {
      const auto sent = send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN ? 0 : -1;
      return sent;
    }
    const int sent = SSL_write(c.tls, c.out.data(), static_cast<int>(c.out.size()));
    if (sent > 0) return sent;
    const int why = SSL_get_error(c.tls, sent);
    ERR_clear_error();
    return why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ ? 0 : -1;
  }

  // ---- paced streams: the gap is the same for all, so the queue is in order by itself

  struct due {
    steady::time_point at;
    int fd;
    std::uint64_t generation;
  };

  int timeout() const {
    if (!pending_start_.empty()) return 1;
    if (queue_.empty()) return -1;
    const auto wait = queue_.front().at - steady::now();
    return wait.count() <= 0 ? 0 : static_cast<int>(wait / std::chrono::milliseconds{1}) + 1;
  }

  void feed_streams() {
    const auto now = steady::now();
    // New streams wait for their phase apart from the queue and join it at its end.
    for (auto& start : pending_start_) {
      if (start.at <= now) queue_.push_back({now + with_.gap, start.fd, start.generation});
    }
    std::erase_if(pending_start_, [&](const due& start) { return start.at <= now; });
    while (!queue_.empty() && queue_.front().at <= now) {
      auto next = queue_.front();
      queue_.pop_front();
      const auto found = all_.find(next.fd);
      if (found == all_.end() || found->second->generation != next.generation) continue;
      auto& c = *found->second;
      if (--c.paced_left == 0) {
        if (!write(c, paced_end_)) close(c);
        continue;
      }
      if (!write(c, paced_event_)) {
        close(c);
        continue;
      }
      next.at += with_.gap;
      queue_.push_back(next);
    }
  }

  settings with_;
  int listener_ = -1;
  int poll_ = -1;
  std::uint64_t generations_ = 0;
  std::unordered_map<int, std::unique_ptr<connection>> all_;
  std::deque<due> queue_, pending_start_;
  const std::string whole_ = whole_answer();
  const std::string stream_ = whole_stream();
  const std::string paced_start_ = stream_head() + stream_start() + text_event(0);
  const std::string paced_event_ = text_event(0);
  const std::string paced_end_ = stream_end();
};

SSL_CTX* make_tls(const char* certificate, const char* key) {
  auto* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
    die(std::string{"cannot read "} + certificate + " and " + key);
  return context;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  settings with;
  const char* certificate = nullptr;
  const char* key = nullptr;
  for (int option; (option = getopt(argc, argv, "p:g:n:c:k:")) != -1;) {
    switch (option) {
      case 'p': with.port = static_cast<std::uint16_t>(std::atoi(optarg)); break;
      case 'g': with.gap = std::chrono::nanoseconds{std::atoll(optarg)}; break;
      case 'n': with.events = static_cast<std::size_t>(std::atoll(optarg)); break;
      case 'c': certificate = optarg; break;
      case 'k': key = optarg; break;
      default: die("usage: load_server -p PORT [-g NANOSECONDS -n EVENTS] [-c CERT.pem -k KEY.pem]");
    }
  }
  if (certificate && key) with.tls = make_tls(certificate, key);
  server{with}.run();
}
