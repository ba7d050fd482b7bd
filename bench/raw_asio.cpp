// The reference that the SDK is held against: the same work in a hand-written Asio loop with simdjson, for this purpose
// only. No timers, no limits, no retries, no cancellation, one thread, a header parser that looks for what it needs,
// and a request that was made once. What it leaves out is what an SDK is for; so the ratio says what that costs.
//
//   raw_asio --mode json|sse|paced --port P [--host H] [--conc N] [--secs S] [--warm W] [--tls CA.pem [--resume]]
//   [--fresh]

#include "support/answer_reader.hpp"
#include "support/meter.hpp"
#include "support/options.hpp"
#include "support/request.hpp"

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/connect.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <charconv>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

using asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;
using bench::broken;
using std::string_view;

constexpr std::size_t burst_buffer = 64 * 1024;
constexpr std::size_t paced_buffer = 4 * 1024;

// ---- what all workers share

struct shared {
  bench::options asked;
  std::string request;
  tcp::endpoint server;
  std::optional<asio::ssl::context> tls;
  SSL_SESSION* session = nullptr;
  bench::answer_reader read;
  bench::meter count{"raw_asio"};
};

std::string whole_request(const bench::options& asked) {
  const auto body = bench::request_body(asked.mode != bench::options::kind::json);
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: " + asked.host + ':' + std::to_string(asked.port) +
         "\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// ---- bytes to answers. Texts lie in the receive buffer, behind which there are 64 bytes more.

struct head {
  std::size_t size = 0;
  std::size_t content_length = 0;
  bool chunked = false;
};

/// The head of a response, or nothing while it is not there whole.
std::optional<head> read_head(string_view received) {
  head found;
  for (std::size_t at = 0;;) {
    const auto* line_end = static_cast<const char*>(std::memchr(received.data() + at, '\n', received.size() - at));
    if (!line_end) return std::nullopt;
    const string_view line{received.data() + at, static_cast<std::size_t>(line_end - received.data()) - at};
    at += line.size() + 1;
    if (line.size() < 2) {
      if (!received.starts_with("HTTP/1.1 200")) broken("a status other than 200");
      found.size = at;
      return found;
    }
    if (line.size() > 16 && (line[0] | 0x20) == 'c' && strncasecmp(line.data(), "content-length: ", 16) == 0)
      std::from_chars(line.data() + 16, line.data() + line.size(), found.content_length);
    else if (line.size() > 18 && (line[0] | 0x20) == 't' && strncasecmp(line.data(), "transfer-encoding:", 18) == 0)
      found.chunked = true;
  }
}

// ---- one connection

template <class Stream>
class worker {
 public:
  worker(shared& all, asio::io_context& io)
      : all_{all},
        io_{io},
        capacity_{all.asked.mode == bench::options::kind::paced ? paced_buffer : burst_buffer},
        buffer_{new char[capacity_ + simdjson::SIMDJSON_PADDING]()} {}

  asio::awaitable<void> run() {
    for (;;) {
      const auto asked = bench::clock::now();
      if (!stream_ || all_.asked.fresh) co_await connect();
      co_await asio::async_write(*stream_, asio::buffer(all_.request), asio::use_awaitable);
      std::optional<head> answer;
      while (!(answer = read_head(unread()))) co_await receive();
      from_ += answer->size;
      if (answer->chunked)
        co_await read_stream(asked);
      else
        co_await read_whole(answer->content_length);
      all_.count.answered(asked);
    }
  }

 private:
  static constexpr bool secure = std::is_same_v<Stream, tls_stream>;

  asio::awaitable<void> connect() {
    from_ = to_ = 0;
    if constexpr (secure) {
      if (stream_) keep_session();
      stream_.emplace(io_, *all_.tls);
    } else {
      stream_.emplace(io_);
    }
    auto& socket = stream_->lowest_layer();
    co_await socket.async_connect(all_.server, asio::use_awaitable);
    socket.set_option(tcp::no_delay{true});
    if constexpr (secure) {
      auto* tls = stream_->native_handle();
      SSL_set_tlsext_host_name(tls, all_.asked.host.c_str());
      SSL_set1_host(tls, all_.asked.host.c_str());
      if (all_.asked.resume && all_.session) SSL_set_session(tls, all_.session);
      co_await stream_->async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    }
  }

  void keep_session() {
    if constexpr (secure) {
      if (!all_.asked.resume) return;
      auto* tls = stream_->native_handle();
      auto* latest = SSL_get1_session(tls);
      // Freed without a shutdown, OpenSSL would mark the session as not resumable.
      SSL_set_shutdown(tls, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
      if (all_.session) SSL_SESSION_free(all_.session);
      all_.session = latest;
    }
  }

  string_view unread() const { return {buffer_.get() + from_, to_ - from_}; }

  asio::awaitable<void> receive() {
    if (from_ == to_) {
      from_ = to_ = 0;
    } else if (to_ == capacity_) {
      std::memmove(buffer_.get(), buffer_.get() + from_, to_ - from_);
      to_ -= std::exchange(from_, 0);
      if (to_ == capacity_) broken("more at once than the buffer holds");
    }
    const auto into = asio::buffer(buffer_.get() + to_, capacity_ - to_);
    to_ += co_await stream_->async_read_some(into, asio::use_awaitable);
  }

  asio::awaitable<void> read_whole(std::size_t size) {
    while (to_ - from_ < size) co_await receive();
    all_.count.text(all_.read.whole(unread().substr(0, size)));
    from_ += size;
  }

  asio::awaitable<void> read_stream(bench::clock::time_point asked) {
    bool text_seen = all_.asked.mode != bench::options::kind::paced;
    const auto on_data = [&](string_view data) {
      const auto size = all_.read.event(data);
      if (size == 0) return;
      all_.count.text(size);
      if (!std::exchange(text_seen, true)) all_.count.first_text(asked);
    };
    bench::event_splitter events;
    for (;;) {
      const auto left = unread();
      const auto* line_end = static_cast<const char*>(std::memchr(left.data(), '\n', left.size()));
      std::size_t size = 0;
      if (line_end) std::from_chars(left.data(), line_end, size, 16);
      const auto data = line_end ? static_cast<std::size_t>(line_end + 1 - left.data()) : 0;
      if (!line_end || left.size() < data + size + 2) {
        co_await receive();
        continue;
      }
      from_ += data + size + 2;
      if (size == 0) co_return;
      events.feed(left.substr(data, size), on_data);
    }
  }

  shared& all_;
  asio::io_context& io_;
  std::optional<Stream> stream_;  // not assigned to: Asio 1.22 leaks the TLS state of a stream that is
  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  std::size_t from_ = 0, to_ = 0;
};

template <class Stream>
asio::awaitable<void> work(shared& all, asio::io_context& io) {
  worker<Stream> one{all, io};
  try {
    co_await one.run();
  } catch (const std::exception& failed) {
    all.count.failed(failed.what());
  }
}

asio::awaitable<void> direct(shared& all, asio::io_context& io) {
  asio::steady_timer timer{io, bench::seconds(all.asked.warm)};
  co_await timer.async_wait(asio::use_awaitable);
  for (int looks = 0; !all.count.warm(all.asked) && looks < bench::most_looks; ++looks) {
    timer.expires_after(bench::look_again);
    co_await timer.async_wait(asio::use_awaitable);
  }
  all.count.begin();
  timer.expires_after(bench::seconds(all.asked.secs));
  co_await timer.async_wait(asio::use_awaitable);
  all.count.end();
  io.stop();
}

}  // namespace

int main(int argc, char** argv) {
  shared all;
  all.asked = bench::parse(argc, argv);
  if (all.asked.http2) bench::cannot(argv[0], "HTTP/2");
  all.request = whole_request(all.asked);
  asio::io_context io{1};
  tcp::resolver names{io};
  all.server = *names.resolve(all.asked.host, std::to_string(all.asked.port)).begin();
  if (!all.asked.tls.empty()) {
    all.tls.emplace(asio::ssl::context::tls_client);
    all.tls->load_verify_file(all.asked.tls);
    all.tls->set_verify_mode(asio::ssl::verify_peer);
    SSL_CTX_set_mode(all.tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  }
  for (std::size_t i = 0; i < all.asked.conc; ++i) {
    if (all.tls)
      asio::co_spawn(io, work<tls_stream>(all, io), asio::detached);
    else
      asio::co_spawn(io, work<tcp::socket>(all, io), asio::detached);
  }
  asio::co_spawn(io, direct(all, io), asio::detached);
  io.run();
  all.count.print(all.asked);
  return all.count.good() ? 0 : 1;
}
