#pragma once

#include "faults/ask.hpp"
#include "memory_watch.hpp"

#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/behaviour.hpp>
#include <cohedge/testing/failing_network.hpp>
#include <cohedge/testing/scripted_network.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cohedge::tests {

/// Where a scenario is played: a client on a network that can be made to fail.
class stage {
 public:
  virtual ~stage() = default;

  /// The provider with this name. What it does is decided by the stage.
  virtual provider at(const std::string& name) = 0;
  virtual asio::any_io_executor executor() = 0;
  /// Starts `work` and runs until its outcome is there; nothing where it never comes.
  std::optional<result<answered>> play(const std::function<task<answered>(stage&)>& work);
  /// After the client was closed: what is still there, as text for people; empty: nothing.
  virtual std::string left_behind() = 0;

  cohedge::client& client() noexcept { return *client_; }
  testing::failing_network& network() noexcept { return *network_; }
  /// Whose failures count beside the network's.
  void watch(memory_watch& memory) noexcept { memory_ = &memory; }
  /// What was to fail has failed.
  bool failed() const noexcept { return network_->struck() || (memory_ && memory_->failed()); }

 protected:
  virtual void run_until(const std::function<bool()>& holds) = 0;
  /// Makes the client, on `real` with failures in it.
  void open(asio::any_io_executor executor, std::unique_ptr<net::connector> real, client_options options);

  std::optional<testing::failing_network> network_;
  std::optional<cohedge::client> client_;
  memory_watch* memory_ = nullptr;
};

/// What every good answer says.
inline constexpr std::string_view good_text = "Well met, traveller.";

/// Under virtual time, on a scripted network.
struct script {
  testing::behaviour_script answers;
  testing::scripted_network::connect_function connects;
  limits bounds;
};
std::unique_ptr<stage> scripted_stage(const script& how);

/// Over real sockets, against a server on a thread of its own.
std::unique_ptr<stage> socket_stage(net::http_version version, bool tls);

/// One way of using the library that must end well, or badly in a known way.
struct scenario {
  std::string name;
  std::function<std::unique_ptr<stage>()> set;
  std::function<task<answered>(stage&)> plays;
  std::string expected = std::string{good_text};  ///< the text, or what `fails` gives
};

/// The outcome of a scenario that is to fail so.
inline std::string fails(errc how) { return std::string{to_string(how)}; }

}  // namespace cohedge::tests
