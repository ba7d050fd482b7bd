#pragma once

#include "carrier.hpp"
#include "http2_connection.hpp"

#include <memory>
#include <string>

namespace cohedge::net {

/// One exchange on a connection of HTTP/2.
class http2_stream final : public carrier {
 public:
  http2_stream() noexcept { response_.waiting = this; }
  ~http2_stream();
  http2_stream(const http2_stream&) = delete;
  http2_stream& operator=(const http2_stream&) = delete;

  /// From now on it belongs to this connection, until it is released.
  void begin(std::shared_ptr<http2_connection> over) noexcept;

  task<exchange> ask(carried self, sending request) override;
  bool replayable(const request_head&) const noexcept override { return response_.not_processed; }
  int status() const noexcept override { return response_.status; }
  const wire::header_block& headers() const noexcept override { return response_.headers; }
  void drop_headers() noexcept override { response_.headers = {}; }
  result<bool> try_body(std::string_view& piece) override;
  task<void> more() override;
  bool ended() const noexcept override { return ended_; }
  void abort() noexcept override;
  std::string& gathered() noexcept override { return gathered_; }
  void release() noexcept override;

 private:
  friend class http2_connection;

  static http2_stream& of(http2_response& response) noexcept { return *static_cast<http2_stream*>(response.waiting); }

  class change;

  /// The request's body may still be on its way when the response is there; its owner does not wait for that.
  void keep_unsent();

  http2_response response_;
  std::shared_ptr<http2_connection> over_;
  bell* waiting_ = nullptr;
  std::string handed_out_;  // the latest piece of the body, and simdjson's padding
  std::string unsent_;
  std::string gathered_;
  bool asked_ = false;
  bool ended_ = false;
};

}  // namespace cohedge::net
