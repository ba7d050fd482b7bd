#include "stage.hpp"

#include "faults/shared_connector.hpp"

#include <cohedge/testing/quiet_time.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cohedge::tests {

using namespace std::chrono_literals;

namespace {

/// What the server does is in the model's name.
testing::behaviour by_model(const testing::server_request& asked) {
  testing::behaviour good;
  good.text(std::string{good_text});
  if (asked.model == "broken") good.status(503);
  if (asked.model == "cut") good.cut_after(20);
  if (asked.model == "silent") good.no_answer(testing::script_end::hangs);
  return good;
}

/// One server for all stages with TLS or without, and a file with the authority that signed for it.
class server {
 public:
  static server& of(bool tls) {
    static server plain{testing::server_options{}.script(by_model)};
    static server secure{testing::server_options{}.script(by_model).tls().offer_http2()};
    return tls ? secure : plain;
  }

  std::string base_url() const { return runs_.base_url(); }
  const std::string& trusted() const { return trusted_; }

 private:
  explicit server(const testing::server_options& how) : runs_{how} {
    if (runs_.ca_pem().empty()) return;
    trusted_ = std::filesystem::temp_directory_path() / ("cohedge_torture_" + std::to_string(runs_.port()) + ".pem");
    std::ofstream{trusted_} << runs_.ca_pem();
    // Instead of all that the system trusts: loading that takes ten thousands of allocations.
    ::setenv("SSL_CERT_FILE", trusted_.c_str(), 1);
    ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
  }
  ~server() {
    std::error_code ignored;
    if (!trusted_.empty()) std::filesystem::remove(trusted_, ignored);
  }

  testing::server_thread runs_;
  std::string trusted_;
};

class real_stage final : public stage {
 public:
  real_stage(net::http_version version, bool tls) : server_{server::of(tls)}, version_{version} {
    client_options options;
    options.extra_ca_file(server_.trusted());
    open(io_.get_executor(), net::make_tcp_connector(io_.get_executor()), std::move(options));
  }

  ~real_stage() override { client_.reset(); }  // before its context

  provider at(const std::string& name) override {
    endpoint where{server_.base_url(), name};
    where.name(name).version(version_);
    return make_provider(client(), dialect::openai_chat(), std::move(where));
  }

  asio::any_io_executor executor() override { return io_.get_executor(); }

  std::string left_behind() override {
    std::string left;
    if (client().open_connections() != 0) left += "connections; ";
    if (client().running_losers() != 0) left += "losers; ";
    run_until([&] { return network().streams() == 0; });  // the chains of HTTP/2 end a turn later
    if (network().streams() != 0) left += "streams; ";
    return left;
  }

 private:
  // The server is on another thread: only where nothing will come any more may the clock jump.
  void run_until(const std::function<bool()>& holds) override {
    time_.run_until([&] {
      time_.patience(failed() ? 20ms : 1000ms);
      return holds();
    });
  }

  asio::io_context io_;
  testing::quiet_time time_{io_};
  server& server_;
  net::http_version version_;
};

}  // namespace

std::unique_ptr<stage> socket_stage(net::http_version version, bool tls) {
  return std::make_unique<real_stage>(version, tls);
}

}  // namespace cohedge::tests
