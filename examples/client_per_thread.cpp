// All cores: a client lives on one executor, so every thread gets an io_context and a client of its own. What is worth
// sharing is shared by handing it to each client: here the TLS sessions, so that one thread's handshake spares the
// others a full one.
//
//   client_per_thread [THREADS]     against a TLS server inside this program

#include <cohedge/cohedge.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

constexpr int questions_each = 50;
constexpr int at_once = 5;

/// What one thread does: some chains that ask one question after the other.
class worker {
 public:
  worker(std::string base_url, std::string ca_file, std::shared_ptr<cohedge::net::tls_session_cache> sessions)
      : base_url_{std::move(base_url)}, ca_file_{std::move(ca_file)}, sessions_{std::move(sessions)} {}

  void run() {
    asio::io_context io{1};
    cohedge::client_options options;
    options.extra_ca_file(ca_file_).tls_sessions(sessions_);
    cohedge::client client{io.get_executor(), std::move(options)};
    const auto model = cohedge::openai_compatible(client, base_url_, "m");
    for (int i = 0; i < at_once; ++i) cohedge::spawn(io, ask(model));
    io.run();
  }
  int answered() const { return answered_; }

 private:
  cohedge::task<void> ask(cohedge::provider model) {
    for (int i = 0; i < questions_each / at_once; ++i) {
      auto asking = model.complete(cohedge::chat_request{"Hello from a thread."});
      auto answer = co_await std::move(asking);
      if (!answer) {
        std::fprintf(stderr, "%s\n", answer.error().message().c_str());
        co_return std::move(answer).error();
      }
      ++answered_;
    }
    co_return cohedge::success();
  }

  std::string base_url_;
  std::string ca_file_;
  std::shared_ptr<cohedge::net::tls_session_cache> sessions_;
  int answered_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::max(1, std::atoi(argv[1])) : 4;
  cohedge::testing::server_options how;
  how.tls();
  cohedge::testing::server_thread server{how};
  if (!server.started()) {
    std::fprintf(stderr, "%s\n", server.started().error().message().c_str());
    return 1;
  }
  const auto ca_file =
      std::filesystem::temp_directory_path() / ("cohedge_threads_" + std::to_string(::getpid()) + ".pem");
  std::ofstream{ca_file} << server.ca_pem();

  const auto sessions = cohedge::net::make_tls_session_cache();
  std::vector<worker> workers(static_cast<std::size_t>(count), worker{server.base_url(), ca_file.string(), sessions});
  std::vector<std::thread> threads;
  for (auto& each : workers) threads.emplace_back([&each] { each.run(); });
  for (auto& each : threads) each.join();
  std::filesystem::remove(ca_file);

  int answered = 0;
  for (const auto& each : workers) answered += each.answered();
  std::printf("%d threads, %d answers over %zu connections\n", count, answered, server.counters().connections);
  return answered == count * questions_each ? 0 : 1;
}
