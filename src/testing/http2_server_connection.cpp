#include "http2_server_session.hpp"
#include "play_script.hpp"
#include "server_core.hpp"

#include <cohedge/wire/http1.hpp>

#include <array>
#include <map>

namespace cohedge::testing {

namespace {

constexpr std::uint32_t internal_error = 2;  // RFC 9113 §7

/// One connection of HTTP/2. Every request is answered by a chain of its own, which plays the same script as over
/// HTTP/1.1 and puts what it says into frames.
class http2_server_connection {
 public:
  http2_server_connection(server_core& core, net::byte_stream& stream, std::size_t number)
      : core_{core}, stream_{stream}, number_{number}, session_{core.options().http2_streams()} {}

  task<void> run(std::string first) {
    chain& here = co_await this_chain;
    std::string_view arrived = first;
    while (session_.receive(arrived)) {
      for (auto& request : session_.take_requests()) begin(here, std::move(request));
      for (const auto stream : session_.take_closed())
        if (const auto found = answering_.find(stream); found != answering_.end()) found->second.cancel_all();
      flush(here);
      const auto got = co_await net::read_some{stream_, buffer_};
      if (!got || got.value() == 0) break;
      arrived = {buffer_.data(), got.value()};
    }
    for (auto& [stream, answer] : answering_) answer.cancel_all(errc::connection_closed);
    co_return errc::connection_closed;
  }

 private:
  void begin(chain& here, http2_server_session::request&& request) {
    auto& asked = request.asked;
    asked.number = core_.take_number();
    asked.connection = number_;
    asked.on_connection = answered_++;
    asked.at = here.now();
    asked.read_body();
    std::erase_if(answering_, [](const auto& each) { return each.second.size() == 0; });
    answering_[request.stream].start(here.executor(), answer(request.stream, std::move(asked)));
  }

  task<void> answer(std::int32_t stream, server_request asked) {
    chain& here = co_await this_chain;
    open_request counted{core_.board(), asked.path()};
    core_.keep(asked);
    const auto response = core_.decide(asked);
    const auto script = response.script(core_.options().seed() + asked.number, asked.method == "HEAD");
    wire::response_parser said;
    said.begin(asked.method);
    const std::function<task<void>(std::string_view)> send = [&](std::string_view bytes) -> task<void> {
      const bool good = translate(stream, said, bytes);
      flush(here);
      if (!good) co_return errc::protocol_error;
      co_return success();
    };
    auto playing = play_script(script, send);
    const auto played = co_await std::move(playing);
    if (!played && played.error().code() != errc::protocol_error) {
      counted.aborted();  // the client has reset the stream, or closed
      co_return played;
    }
    const auto last = said.finish();
    if (played && last && last.value() == wire::http1_step::end)
      session_.end_body(stream);
    else
      session_.reset(stream, internal_error);
    if (response.is_whole()) counted.finished();
    if (script.how_it_ends() == script_end::closes && response.is_whole()) session_.go_away(stream);
    flush(here);
    co_return success();
  }

  /// What the script says in HTTP/1.1, as frames. False where it says nonsense.
  bool translate(std::int32_t stream, wire::response_parser& said, std::string_view bytes) {
    for (;;) {
      const auto step = said.next(bytes);
      if (!step) return false;
      switch (step.value()) {
        case wire::http1_step::need_more:
        case wire::http1_step::end: return true;
        case wire::http1_step::head: session_.respond(stream, said.status(), said.headers()); break;
        case wire::http1_step::body: session_.send_body(stream, said.body()); break;
      }
    }
  }

  void flush(chain& here) {
    if (writing_.size() == 0) writing_.start(here.executor(), write_on());
  }
  task<void> write_on() {
    std::string out;
    for (;;) {
      out.clear();
      session_.collect(out);
      if (out.empty()) co_return success();
      auto writing = net::write_all(stream_, out);
      const auto wrote = co_await std::move(writing);
      if (!wrote) co_return wrote;
    }
  }

  server_core& core_;
  net::byte_stream& stream_;
  std::size_t number_;
  std::size_t answered_ = 0;
  http2_server_session session_;
  std::array<char, 16384> buffer_;
  scope writing_;
  std::map<std::int32_t, scope> answering_;
};

}  // namespace

task<void> serve_http2(server_core& core, net::byte_stream& stream, std::size_t number, std::string first) {
  http2_server_connection connection{core, stream, number};
  auto running = connection.run(std::move(first));
  co_return co_await std::move(running);
}

}  // namespace cohedge::testing
