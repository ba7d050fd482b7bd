#pragma once

#include <cohedge/async/time.hpp>
#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>
#include <cohedge/net/connector.hpp>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cohedge::net {

class connection;

/// Every connection of a client is counted here, and waits here between two exchanges. Shared with the connections in
/// use, so that an exchange may outlive its transport.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
 public:
  /// Servers close idle connections after 60 s (usual load balancers) to 75 s (nginx). A connection that has waited for
  /// almost as long would often be closed just as a request is on its way.
  static constexpr std::chrono::seconds idle_limit{55};
  /// A connection that was read to its message's end so shortly ago is not looked at again (docs/decisions/0003).
  static constexpr std::chrono::milliseconds sure_for{1};

  struct origin_entry {
    std::vector<std::unique_ptr<connection>> idle;  ///< the one that was used last comes last
    std::size_t open = 0;
  };

  /// One connection's place in the count of its origin.
  class place {
   public:
    place(std::shared_ptr<connection_pool> pool, const origin& to, origin_entry& entry) noexcept;
    place(place&& other) noexcept = default;
    place& operator=(place&&) = delete;
    ~place();

    connection_pool& pool() const noexcept { return *pool_; }
    origin_entry& entry() const noexcept { return *entry_; }

   private:
    std::shared_ptr<connection_pool> pool_;
    const origin* to_;
    origin_entry* entry_;
  };

  connection_pool(const asio::any_io_executor& executor, const limits& bounds);
  ~connection_pool();

  /// A place for a new connection. Errors: limit_exceeded (connections_per_origin).
  result<place> reserve(const origin& to);
  /// The idle connection that was used last, still open and not too old, or null.
  std::unique_ptr<connection> take(const origin& to);
  /// After an exchange: kept if another one can follow, closed otherwise.
  void give_back(std::unique_ptr<connection> used) noexcept;
  void close() noexcept;

  std::size_t idle() const noexcept;
  std::size_t open() const noexcept;

 private:
  struct origin_hash {
    std::size_t operator()(const origin& of) const noexcept {
      return std::hash<std::string>{}(of.host) ^ (std::size_t{of.port} << 1 | std::size_t{of.secure});
    }
  };

  std::shared_ptr<time_source> time_;
  std::unordered_map<origin, origin_entry, origin_hash> origins_;
  std::size_t connections_per_origin_;
  std::size_t idle_per_origin_;
  bool closed_ = false;
};

}  // namespace cohedge::net
