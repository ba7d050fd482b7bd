#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/net/request.hpp>
#include <cohedge/net/transport.hpp>
#include <cohedge/wire/header.hpp>

#include <string>
#include <string_view>

namespace cohedge::net {

/// A request on its way. What it refers to stays alive until the response's head is there.
struct sending {
  connection_pool& over;
  const request_head& head;
  std::string_view body;
  exchange_watch& watch;
  bool fresh = false;  ///< a connection was opened for it
  int replays = 0;     ///< how often it was sent before
};

/// What carries one exchange: a whole connection of HTTP/1.1, or a stream of HTTP/2.
class carrier {
 public:
  /// Sends a request and completes when its response's head is there. `self` is this carrier. A request that fails is
  /// sent again, on another one, where `may_go_again` allows it.
  virtual task<exchange> ask(carried self, sending request) = 0;
  /// After a failure: the request may be sent again, for it was certainly not processed, or twice does no harm
  /// (docs/errors.md).
  virtual bool replayable(const request_head& head) const noexcept = 0;

  virtual int status() const noexcept = 0;
  virtual const wire::header_block& headers() const noexcept = 0;
  /// As `exchange::drop_headers`.
  virtual void drop_headers() noexcept = 0;
  /// As `exchange::try_body`.
  virtual result<bool> try_body(std::string_view& piece) = 0;
  /// As `exchange::more`.
  virtual task<void> more() = 0;
  /// The body's end has been taken.
  virtual bool ended() const noexcept = 0;
  /// The peer need not send the rest: nobody will read it.
  virtual void abort() noexcept = 0;
  /// Room for a body that does not lie in the receive buffer whole; kept from one exchange to the next.
  virtual std::string& gathered() noexcept = 0;
  /// The exchange is over: what can be used again goes back to the pool. This object may be gone then.
  virtual void release() noexcept = 0;

 protected:
  ~carrier() = default;
};

/// After a failure: whether the request is to be sent once more.
bool may_go_again(const carrier& failed, const sending& request, const chain& here) noexcept;
/// Sends it, on another carrier.
task<exchange> go_again(carried failed, sending request);

}  // namespace cohedge::net
