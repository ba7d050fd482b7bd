#pragma once

#include "http2_message.hpp"

#include <cohedge/core/error.hpp>
#include <cohedge/wire/header.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cohedge::net {

class request_head;

/// What has come of one request: the response's head, and of its body what nobody has taken yet.
struct http2_response {
  int status = 0;
  http2_message rules;
  wire::header_block headers;
  std::string arrived;
  std::string_view unsent;        ///< of the request's body
  std::optional<error> failure;   ///< why nothing more will come
  std::size_t interim = 0;        ///< 1xx responses before the final one
  std::size_t header_bytes = 0;   ///< of the block that is being read
  std::size_t body_bytes = 0;
  bool head_complete = false;
  bool ended = false;             ///< END_STREAM has been received
  bool not_processed = false;     ///< the failure proves that the server has not looked at the request
  void* waiting = nullptr;        ///< whoever it is for

  // Its stream.
  std::uint32_t id = 0;                ///< 0: none
  const request_head* asks = nullptr;  ///< until that has been sent
  bool sent = false;                   ///< its HEADERS have been handed out
  bool closed = false;                 ///< by both sides, or by a reset
  std::int64_t send_window = 0;        ///< the peer may make it negative (RFC 9113 §6.9.2)
  std::int64_t receive_window = 0;
  std::uint32_t unannounced = 0;       ///< of what was received: taken, and the peer has not been told

  /// Ready for another request, with the memory it has.
  void clear() noexcept;

  /// A place in a line.
  struct link {
    http2_response* next = nullptr;
    bool taken = false;
  };
  link among_changed, among_sending;
};

/// Responses in a line that takes no memory: each is in it at most once, by a link of its own.
template <http2_response::link http2_response::* Link>
class http2_line {
 public:
  bool empty() const noexcept { return first_ == nullptr; }

  void push(http2_response& one) noexcept {
    if (std::exchange((one.*Link).taken, true)) return;
    (one.*Link).next = nullptr;
    (last_ ? (last_->*Link).next : first_) = &one;
    last_ = &one;
  }

  http2_response* pop() noexcept {
    auto* one = first_;
    if (one) erase(*one);
    return one;
  }

  void erase(http2_response& one) noexcept {
    if (!(one.*Link).taken) return;
    http2_response* before = nullptr;
    for (auto* at = first_; at != &one; at = (at->*Link).next) before = at;
    (before ? (before->*Link).next : first_) = (one.*Link).next;
    if (last_ == &one) last_ = before;
    (one.*Link).taken = false;
  }

  template <class Test>
  bool any(Test test) const {
    for (auto* at = first_; at; at = (at->*Link).next)
      if (test(*at)) return true;
    return false;
  }

 private:
  http2_response* first_ = nullptr;
  http2_response* last_ = nullptr;
};

}  // namespace cohedge::net
