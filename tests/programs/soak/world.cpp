#include "mix.hpp"

#include <cohedge/provider/endpoint.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cohedge::tests {

using namespace std::chrono_literals;
using testing::behaviour;

namespace {

behaviour by_model(const testing::server_request& asked) {
  static const auto good = behaviour{}.text("Well met, traveller.");
  static const auto silent = behaviour{}.no_answer(testing::script_end::hangs);
  static const auto broken = behaviour{}.status(503);
  static const auto closing = behaviour{good}.header("Connection", "close");
  static const auto tools = behaviour::replay(
      200, {{"Content-Type", "application/json"}},
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function",)"
      R"("function":{"name":"look","arguments":"{\"at\":1}"}}]},"finish_reason":"tool_calls"}]})");
  if (asked.model == "silent") return silent;
  if (asked.model == "broken") return broken;
  if (asked.model == "closing") return closing;
  if (asked.model == "tools") return tools;
  return good;
}

testing::server_options served() {
  testing::server_options how;
  how.script(by_model).keep_requests(0);
  return how;
}

}  // namespace

soak_world::soak_world() : plain_server_{served()}, secure_server_{served().tls()} {
  trusted_ = std::filesystem::temp_directory_path() / ("cohedge_soak_" + std::to_string(secure_server_.port()) + ".pem");
  std::ofstream{trusted_} << secure_server_.ca_pem();
  client_options options;
  options.extra_ca_file(trusted_);
  client.emplace(io.get_executor(), std::move(options));
  for (const auto* name : {"good", "silent", "broken", "closing", "tools"}) add(plain_, plain_server_, name);
  for (const auto* name : {"good", "closing"}) add(secure_, secure_server_, name);
}

soak_world::~soak_world() {
  client.reset();
  std::error_code ignored;
  std::filesystem::remove(trusted_, ignored);
}

void soak_world::add(named& to, const testing::server_thread& server, const std::string& name) {
  to.emplace_back(name, openai_compatible(*client, server.base_url(), name));
}

const provider& soak_world::at(const std::string& name, const named& among) {
  for (const auto& [called, served_by] : among)
    if (called == name) return served_by;
  std::abort();
}

bool soak_world::settle() {
  // A loser that winds down, and the end of a stream that is waited for in the background.
  for (int i = 0; i < 1000 && client->running_losers() != 0; ++i) io.run_one_for(10ms);
  const auto kept = client->idle_connections();
  const auto seen = [&] {
    return plain_server_.counters().open_connections + secure_server_.counters().open_connections == kept;
  };
  return client->running_losers() == 0 && client->open_connections() == kept &&
         plain_server_.wait_for([&](const testing::server_counters&) { return seen(); });
}

}  // namespace cohedge::tests
