#include "http2_server_session.hpp"
#include "loopback.hpp"
#include "play_script.hpp"
#include "server_core.hpp"

#include <cohedge/wire/http1.hpp>
#include <cohedge/wire/http2_frame.hpp>

#include <array>
#include <functional>

namespace cohedge::testing {

namespace {

/// One connection. One chain reads for as long as the connection lives, so that a client that goes away is noticed at
/// once, also while an answer waits; a second one answers requests one after the other.
class server_connection {
 public:
  server_connection(server_core& core, net::byte_stream& stream, int socket, std::size_t number)
      : core_{core}, stream_{stream}, socket_{socket}, number_{number} {
    parser_.begin();
  }

  task<void> run() {
    chain& here = co_await this_chain;
    for (;;) {
      const auto got = co_await net::read_some{stream_, buffer_};
      if (!got || got.value() == 0) break;
      if (input_.size() > most_unread) break;
      input_.append(buffer_.data(), got.value());
      if (answered_ == 0 && input_.starts_with(wire::http2_preface.substr(0, input_.size()))) {
        if (input_.size() < wire::http2_preface.size()) continue;
        auto serving = serve_http2(core_, stream_, number_, std::move(input_));
        co_return co_await std::move(serving);
      }
      if (answering_.size() == 0) answering_.start(here.executor(), answer_all());
    }
    answering_.cancel_all(errc::connection_closed);
    auto ended = answering_.join();
    co_return co_await std::move(ended);
  }

 private:
  static constexpr std::size_t most_unread = std::size_t{16} * 1024 * 1024;

  enum class parsed { need_more, request, nonsense };

  /// Reads on in what has arrived, up to the end of one request.
  parsed parse() {
    std::string_view rest = input_;
    auto outcome = parsed::need_more;
    for (;;) {
      const auto step = parser_.next(rest);
      if (step.has_error()) {
        outcome = parsed::nonsense;
        break;
      }
      if (step.value() == wire::http1_step::need_more) break;
      if (step.value() == wire::http1_step::body) asked_.body += parser_.body();
      if (step.value() != wire::http1_step::end) continue;
      outcome = parsed::request;
      break;
    }
    input_.erase(0, input_.size() - rest.size());
    return outcome;
  }

  server_request take_request(time_point now) {
    asked_.method = parser_.method();
    asked_.target = parser_.target();
    asked_.headers = parser_.headers();
    asked_.number = core_.take_number();
    asked_.connection = number_;
    asked_.on_connection = answered_++;
    asked_.at = now;
    asked_.read_body();
    return std::exchange(asked_, {});
  }

  task<void> answer_all() {
    chain& here = co_await this_chain;
    for (;;) {
      const auto found = parse();
      if (found == parsed::need_more) co_return success();
      if (found == parsed::nonsense) {
        core_.board().change([](server_counters& now) { ++now.bad_requests; });
        const auto refusal = scripted_response{400, "not HTTP"}.close().script();
        auto playing = play(refusal);
        co_await std::move(playing);
        stream_.close();
        co_return errc::protocol_error;
      }
      const bool persistent = parser_.keep_alive();
      const auto asked = take_request(here.now());
      parser_.begin();
      auto answering = answer(asked);
      const auto done = co_await std::move(answering);
      if (!done || !persistent) {
        stream_.close();
        co_return done;
      }
    }
  }

  task<void> answer(const server_request& asked) {
    open_request counted{core_.board(), asked.path()};
    core_.keep(asked);
    const auto response = core_.decide(asked);
    const auto script = response.script(core_.options().seed() + asked.number, asked.method == "HEAD");
    auto playing = play(script);
    const auto played = co_await std::move(playing);
    if (!played) {
      counted.aborted();  // the client has closed, or a write has failed
      co_return played;
    }
    if (response.is_whole()) counted.finished();
    if (script.how_it_ends() == script_end::stays_open) co_return success();
    if (script.how_it_ends() == script_end::resets) linger_not(socket_);
    stream_.close();
    co_return errc::connection_closed;
  }

  task<void> play(const byte_script& script) {
    const std::function<task<void>(std::string_view)> send = [this](std::string_view bytes) {
      return net::write_all(stream_, bytes);
    };
    auto playing = play_script(script, send);
    co_return co_await std::move(playing);
  }

  server_core& core_;
  net::byte_stream& stream_;
  int socket_;
  std::size_t number_;
  std::size_t answered_ = 0;
  std::array<char, 16384> buffer_;
  std::string input_;
  wire::request_parser parser_;
  server_request asked_;
  scope answering_;
};

}  // namespace

task<void> serve_connection(server_core& core, net::byte_stream& stream, int socket, std::size_t number) {
  server_connection connection{core, stream, socket, number};
  auto running = connection.run();
  co_return co_await std::move(running);
}

}  // namespace cohedge::testing
