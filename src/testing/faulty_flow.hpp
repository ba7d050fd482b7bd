#pragma once

#include <cohedge/testing/fault.hpp>

#include <algorithm>
#include <span>

namespace cohedge::testing {

/// One direction of a connection with a fault in it: says which of the bytes that come may go on, and when it strikes.
class faulty_flow {
 public:
  explicit faulty_flow(const fault& what) noexcept : fault_{what} {}

  /// The part of `piece` that goes on before something else must happen, the garbage in it.
  std::span<char> pass(std::span<char> piece) noexcept {
    if (!ends()) {
      if (fault_.kind() == fault_kind::garbage && fault_.after() - passed_ < piece.size()) {
        auto& hit = piece[fault_.after() - passed_];
        hit = static_cast<char>(~hit);
        struck_ = true;
      }
    } else {
      piece = piece.first(std::min(piece.size(), fault_.after() - passed_));
    }
    passed_ += piece.size();
    return piece;
  }

  /// All that may go on has gone; what that means for the connection is the caller's business.
  bool strikes() noexcept {
    if (!ends() || passed_ < fault_.after()) return false;
    return struck_ = true;
  }

  fault_kind kind() const noexcept { return fault_.kind(); }
  std::size_t passed() const noexcept { return passed_; }
  bool struck() const noexcept { return struck_; }

 private:
  bool ends() const noexcept { return fault_.kind() != fault_kind::none && fault_.kind() != fault_kind::garbage; }

  fault fault_;
  std::size_t passed_ = 0;
  bool struck_ = false;
};

}  // namespace cohedge::testing
