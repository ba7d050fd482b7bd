#include "stage.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/virtual_time.hpp>

namespace cohedge::tests {

using namespace std::chrono_literals;

void stage::open(asio::any_io_executor executor, std::unique_ptr<net::connector> real, client_options options) {
  network_.emplace(std::move(real));
  plan::clock_limits clocks;
  clocks.connect(1s).headers(2s).first_content(3s).between_content(4s);
  options.network(network_->connector()).clocks(clocks);
  client_.emplace(std::move(executor), std::move(options));
}

namespace {

class virtual_stage final : public stage {
 public:
  explicit virtual_stage(const script& how) {
    far_side_.on_request(testing::llm_answers(how.answers)).on_connect(how.connects);
    client_options options;
    options.bounds(how.bounds);
    open(world_.get_executor(), far_side_.connector(), std::move(options));
  }

  ~virtual_stage() override { client_.reset(); }  // before its context

  provider at(const std::string& name) override {
    endpoint where{"http://" + name + ".test/v1", "m"};
    where.name(name);
    return make_provider(client(), dialect::openai_chat(), std::move(where));
  }

  asio::any_io_executor executor() override { return world_.get_executor(); }

  std::optional<result<answered>> play(task<answered> work) override {
    std::optional<result<answered>> got;
    spawn(world_, std::move(work), [&](result<answered> outcome) {
      if (got) twice_ = true;
      got.emplace(std::move(outcome));
    });
    world_.run();
    return got;
  }

  std::string left_behind() override {
    std::string left;
    const auto check = [&](std::size_t count, const char* what) {
      if (count != 0) left += std::to_string(count) + " " + what + "; ";
    };
    check(client().open_connections(), "connections of the pool");
    check(client().running_losers(), "losers");
    check(far_side_.open_now(), "open connections");
    check(far_side_.connecting_now(), "connects under way");
    check(network().streams(), "streams");
    check(world_.ready(), "pieces of work");
    if (!world_.idle()) left += "alarms; ";
    if (twice_) left += "an outcome too many; ";
    return left;
  }

 private:
  testing::virtual_context world_;
  testing::scripted_network far_side_;
  bool twice_ = false;
};

}  // namespace

std::unique_ptr<stage> scripted_stage(const script& how) { return std::make_unique<virtual_stage>(how); }

}  // namespace cohedge::tests
