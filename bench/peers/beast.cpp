// The work of raw_asio with Boost.Beast: coroutines, one receive buffer to a connection that is used again, requests
// made once, whole answers into a string, streams through the callback for chunk bodies (so one call reads a whole
// stream; asking for piece after piece with buffer_body costs a turn of the event loop for each); simdjson. No time
// limits, as raw_asio has none.
//
//   beast --mode json|sse|paced --port P [--host H] [--conc N] [--secs S] [--warm W] [--tls CA.pem [--resume]]
//   [--fresh]

#include "support/answer_reader.hpp"
#include "support/meter.hpp"
#include "support/options.hpp"
#include "support/request.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

constexpr std::size_t burst_buffer = 64 * 1024;
constexpr std::size_t paced_buffer = 4 * 1024;

struct shared {
  bench::options asked;
  http::request<http::string_body> request;
  tcp::endpoint server;
  std::optional<asio::ssl::context> tls;
  SSL_SESSION* session = nullptr;
  bench::answer_reader read;
  bench::meter count{"beast"};
};

http::request<http::string_body> whole_request(const bench::options& asked) {
  http::request<http::string_body> request{http::verb::post, "/v1/chat/completions", 11};
  request.set(http::field::host, asked.host + ':' + std::to_string(asked.port));
  request.set(http::field::accept, "*/*");
  request.set(http::field::content_type, "application/json");
  request.body() = bench::request_body(asked.mode != bench::options::kind::json);
  request.prepare_payload();
  return request;
}

template <class Stream>
class worker {
 public:
  worker(shared& all, asio::io_context& io)
      : all_{all},
        io_{io},
        storage_{new char[capacity() + simdjson::SIMDJSON_PADDING]()},
        buffer_{storage_.get(), capacity()} {}

  asio::awaitable<void> run() {
    for (;;) {
      asked_ = bench::clock::now();
      if (!stream_ || all_.asked.fresh) co_await connect();
      co_await http::async_write(*stream_, all_.request, asio::use_awaitable);
      if (all_.asked.mode == bench::options::kind::json)
        co_await read_whole();
      else
        co_await read_stream();
      all_.count.answered(asked_);
    }
  }

 private:
  static constexpr bool secure = std::is_same_v<Stream, tls_stream>;

  std::size_t capacity() const { return all_.asked.mode == bench::options::kind::paced ? paced_buffer : burst_buffer; }

  asio::awaitable<void> connect() {
    buffer_.clear();
    if constexpr (secure) {
      if (stream_) keep_session();
      stream_.emplace(io_, *all_.tls);
    } else {
      stream_.emplace(io_);
    }
    auto& socket = beast::get_lowest_layer(*stream_);
    co_await socket.async_connect(all_.server, asio::use_awaitable);
    socket.socket().set_option(tcp::no_delay{true});
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

  asio::awaitable<void> read_whole() {
    http::response_parser<http::string_body> answer;
    auto& body = answer.get().body();
    body_.clear();
    body.swap(body_);  // its memory is used again
    co_await http::async_read(*stream_, buffer_, answer, asio::use_awaitable);
    check(answer.get().result());
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    all_.count.text(all_.read.whole(body));
    body.swap(body_);
  }

  asio::awaitable<void> read_stream() {
    http::response_parser<http::string_body> answer;
    answer.body_limit(boost::none);
    text_seen_ = all_.asked.mode != bench::options::kind::paced;
    // Kept by reference; the pieces lie in buffer_, behind which there is padding.
    auto on_body = [this](std::uint64_t, beast::string_view piece, beast::error_code&) {
      events_.feed({piece.data(), piece.size()}, [this](std::string_view data) { read_event(data); });
      return piece.size();
    };
    answer.on_chunk_body(on_body);
    co_await http::async_read(*stream_, buffer_, answer, asio::use_awaitable);
    check(answer.get().result());
    if (!answer.chunked()) bench::broken("a stream without chunks");
  }

  void read_event(std::string_view data) {
    const auto size = all_.read.event(data);
    if (size == 0) return;
    all_.count.text(size);
    if (!std::exchange(text_seen_, true)) all_.count.first_text(asked_);
  }

  static void check(http::status status) {
    if (status != http::status::ok) bench::broken("a status other than 200");
  }

  shared& all_;
  asio::io_context& io_;
  std::optional<Stream> stream_;
  std::unique_ptr<char[]> storage_;
  beast::flat_static_buffer_base buffer_;
  std::string body_;
  bench::event_splitter events_;
  bench::clock::time_point asked_;
  bool text_seen_ = false;
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
  all.server = {asio::ip::make_address(all.asked.host), all.asked.port};
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
      asio::co_spawn(io, work<beast::tcp_stream>(all, io), asio::detached);
  }
  asio::co_spawn(io, direct(all, io), asio::detached);
  io.run();
  all.count.print(all.asked);
  return all.count.good() ? 0 : 1;
}
