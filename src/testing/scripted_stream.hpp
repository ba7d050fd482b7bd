#pragma once

#include <cohedge/net/byte_stream.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/wire/http1.hpp>

#include <deque>

namespace cohedge::testing {

struct scripted_network::state {
  explicit state(std::uint64_t from_seed) : seed{from_seed} {}

  std::uint64_t seed;
  connect_function on_connect;
  request_function on_request;
  std::vector<recorded_request> requests;
  std::vector<connection_record> connections;
  std::size_t connects = 0;
  std::size_t connecting = 0;
  std::size_t bad_requests = 0;
};

/// The client's end of a scripted connection. Writes are taken at once; reads get what the script has sent by now.
class scripted_stream final : public net::byte_stream, private alarm {
 public:
  scripted_stream(std::shared_ptr<scripted_network::state> network, std::shared_ptr<time_source> time,
                  const net::origin& to, const connect_script& how);
  ~scripted_stream() override;

  bool start_read(std::span<char> into, net::io_operation& op, result<std::size_t>& done) override;
  bool start_write(std::span<const char> data, net::io_operation& op, result<std::size_t>& done) override;
  void cancel() noexcept override;
  void close() noexcept override;
  bool idle_and_open() noexcept override;
  bool undelivered() const noexcept override { return undelivered_; }

 private:
  struct due_part {
    time_point at;
    std::string bytes;  // empty: the end, `how`
    script_end how = script_end::stays_open;
  };

  void rang() noexcept override;
  void dropped() noexcept override;

  connection_record& record() noexcept { return network_->connections[index_]; }
  time_point next_event() const noexcept;
  bool take(std::span<char> into, result<std::size_t>& done);
  void server_ends(script_end how) noexcept;
  void serve(std::string_view input);
  void request_complete();
  void answer(const scripted_response& with, bool to_head);

  std::shared_ptr<scripted_network::state> network_;
  std::shared_ptr<time_source> time_;
  std::size_t index_;
  std::size_t served_ = 0;
  duration idle_close_;
  time_point last_activity_;
  std::deque<due_part> due_;
  std::size_t given_ = 0;  // of the first part
  wire::request_parser parser_;
  recorded_request current_;
  net::io_operation* reading_ = nullptr;
  std::span<char> into_;
  std::optional<script_end> ended_;
  bool closed_ = false;
  bool undelivered_ = false;  // the server had ended before the latest bytes came
  bool cancelled_ = false;
};

}  // namespace cohedge::testing
