#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace cohedge::net {

/// Whoever knows the addresses of names.
class name_lookup {
 public:
  using answer = std::function<void(const std::error_code& failed, std::vector<asio::ip::address> found)>;

  virtual ~name_lookup() = default;
  /// `on_answer` is called later, on the executor, unless the execution context dies before.
  virtual void start(const std::string& host, answer on_answer) = 0;
};

/// The system's resolver, on Asio's own thread for it, so that nobody else waits. It cannot be interrupted.
std::unique_ptr<name_lookup> make_system_lookup(const asio::any_io_executor& executor);

}  // namespace cohedge::net
