#pragma once

#include "answers.hpp"
#include "pacer.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace bench {

/// What has happened since it was last asked: the benchmark looks here whether a client did what it says.
struct tally {
  std::uint64_t connections = 0;
  std::uint64_t resumed = 0;  ///< TLS handshakes that took up an earlier session
  std::uint64_t http2 = 0;    ///< connections that spoke HTTP/2
  std::uint64_t requests = 0;
};

/// What all sessions share.
struct shared_state {
  const answers& says;
  pacer& pace;
  tally& count;
};

/// The protocol of one connection: takes bytes, gives bytes, does no I/O.
class session {
 public:
  virtual ~session() = default;

  /// Takes what has arrived. False: the peer does what the server does not serve; the connection is closed.
  virtual bool take(std::string_view arrived) = 0;
  /// What is to be sent next; empty: nothing now. Valid until the session is asked for anything else.
  virtual std::string_view pending() = 0;
  /// So many bytes of `pending()` are on their way.
  virtual void sent(std::size_t size) = 0;
  /// A paced stream's next event is due. False: the stream is over.
  virtual bool feed(std::int32_t stream) = 0;
};

std::unique_ptr<session> make_http1_session(const shared_state& all, std::uint64_t connection);
std::unique_ptr<session> make_http2_session(const shared_state& all, std::uint64_t connection);

/// Whether a client that begins like this speaks HTTP/2 (RFC 9113 §3.4); no request of HTTP/1.1 begins so.
inline bool begins_http2(std::string_view arrived) { return arrived.starts_with("PRI * "); }

/// Whether the body of a request asks for a stream.
inline bool asks_for_stream(std::string_view body) { return body.find("\"stream\":true") != std::string_view::npos; }

}  // namespace bench
