#include "name_lookup.hpp"

#include <asio/ip/tcp.hpp>

#include <utility>

namespace cohedge::net {

namespace {

using asio::ip::tcp;

class system_lookup final : public name_lookup {
 public:
  explicit system_lookup(const asio::any_io_executor& executor) : resolver_{executor} {}

  void start(const std::string& host, answer on_answer) override {
    auto give = [on_answer = std::move(on_answer)](const std::error_code& failed, const tcp::resolver::results_type& all) {
      std::vector<asio::ip::address> found;
      for (const auto& entry : all) found.push_back(entry.endpoint().address());
      on_answer(failed, std::move(found));
    };
    resolver_.async_resolve(host, "0", tcp::resolver::numeric_service, std::move(give));
  }

 private:
  tcp::resolver resolver_;
};

}  // namespace

std::unique_ptr<name_lookup> make_system_lookup(const asio::any_io_executor& executor) {
  return std::make_unique<system_lookup>(executor);
}

}  // namespace cohedge::net
