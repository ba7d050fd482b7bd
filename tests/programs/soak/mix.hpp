#pragma once

#include "faults/ask.hpp"

#include <cohedge/provider/client.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cohedge::tests {

/// Two loopback servers, each on a thread of its own, one of them with TLS; and one client with its providers.
class soak_world {
 public:
  soak_world();
  ~soak_world();
  soak_world(const soak_world&) = delete;
  soak_world& operator=(const soak_world&) = delete;

  /// A provider whose server does what the name says: good, silent, broken, tools, closing.
  const provider& at(const std::string& name) const { return at(name, plain_); }
  const provider& secure(const std::string& name) const { return at(name, secure_); }

  /// All calls are over: waits until nothing of them is left. False: something is.
  bool settle();

  asio::io_context io;
  std::optional<cohedge::client> client;

 private:
  using named = std::vector<std::pair<std::string, provider>>;
  static const provider& at(const std::string& name, const named& among);
  void add(named& to, const testing::server_thread& server, const std::string& name);

  testing::server_thread plain_server_;
  testing::server_thread secure_server_;
  std::string trusted_;
  named plain_;
  named secure_;
};

/// One way to use the library, with its share in a thousand calls.
struct kind_of_call {
  std::string name;
  std::size_t share;
  std::function<task<bool>(soak_world&)> call;  ///< gives whether the outcome was the right one
  std::size_t done = 0;
  std::size_t wrong = 0;
};
std::vector<kind_of_call> mixed_calls();

}  // namespace cohedge::tests
