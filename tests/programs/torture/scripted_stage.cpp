#include "stage.hpp"

#include <cohedge/testing/virtual_time.hpp>

namespace cohedge::tests {

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
    return left;
  }

 private:
  void run_until(const std::function<bool()>&) override { world_.run(); }

  testing::virtual_context world_;
  testing::scripted_network far_side_;
};

}  // namespace

std::unique_ptr<stage> scripted_stage(const script& how) { return std::make_unique<virtual_stage>(how); }

}  // namespace cohedge::tests
