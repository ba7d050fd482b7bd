#pragma once

#include <cohedge/net/connector.hpp>

#include <memory>
#include <utility>

namespace cohedge::tests {

/// One connector for many clients, so that the authorities are read once.
class shared_connector final : public net::connector {
 public:
  explicit shared_connector(std::shared_ptr<net::connector> real) : real_{std::move(real)} {}
  task<std::unique_ptr<net::byte_stream>> connect(const net::destination& to) override { return real_->connect(to); }

 private:
  std::shared_ptr<net::connector> real_;
};

}  // namespace cohedge::tests
