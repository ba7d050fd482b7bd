#include "session.hpp"

#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

#include <chrono>
#include <filesystem>

namespace cohedge::cli {

namespace {

constexpr const char* usual_file = "cohedge.toml";

std::int64_t wall_clock_ms() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

std::string_view advice_on(const error& why) {
  switch (why.code()) {
    case errc::missing_credential:
      return "To try without a key: run `cohedge mock` in another terminal, which says how to ask it, or `cohedge "
             "demo`.";
    case errc::connection_refused: return "Is the server running, and is base_url right?";
    case errc::tls_untrusted:
    case errc::tls_self_signed: return "Name the authority's PEM file as ca_file under [client], if you trust it.";
    case errc::no_candidates: return "Give the route candidates in its file.";
    default: break;
  }
  switch (why.kind()) {
    case error_class::credential: return "The provider does not accept the key: check the variable that holds it.";
    case error_class::quota: return "The account has no allowance left.";
    case error_class::model_gone: return "The provider does not have this model: check its name.";
    case error_class::rate_limited:
      return "Too many requests: wait, or give the route another provider to fall back on.";
    default: return {};
  }
}

}  // namespace

result<std::unique_ptr<session>> session::open(const std::string& file) {
  std::unique_ptr<session> made{new session};
  std::error_code ignored;
  const bool from_file = !file.empty() || std::filesystem::exists(usual_file, ignored);
  if (!from_file) {
    made->source_ = "the environment";
    made->client_ = std::make_unique<cohedge::client>(made->io_.get_executor());
    auto found = from_environment(*made->client_);
    if (!found) return std::move(found).error();
    made->setup_.emplace(std::move(found).value());
    return made;
  }
  made->source_ = file.empty() ? usual_file : file;
  const auto read = config_file::read(made->source_);
  if (!read) return read.error();
  auto options = read.value().options(wall_clock_ms);
  if (!options) return std::move(options).error();
  made->client_ = std::make_unique<cohedge::client>(made->io_.get_executor(), std::move(options).value());
  auto built = read.value().build(*made->client_);
  if (!built) return std::move(built).error();
  made->setup_.emplace(std::move(built).value());
  return made;
}

std::unique_ptr<session> session::without_setup() {
  std::unique_ptr<session> made{new session};
  made->source_ = "the environment";
  made->client_ = std::make_unique<cohedge::client>(made->io_.get_executor());
  return made;
}

int fail_with(const error& why) {
  if (why.code() == errc::cancelled) {
    std::fputs("cancelled\n", stderr);
    return exit_cancelled;
  }
  const style shown{stderr};
  const bool is_config = why.code() == errc::invalid_config;
  const auto text = printable(is_config ? std::string{why.detail()} : why.message());
  std::fprintf(stderr, "%s %s\n", shown.red("error:").c_str(), text.c_str());
  if (const auto advice = advice_on(why); !advice.empty())
    std::fprintf(stderr, "%.*s\n", static_cast<int>(advice.size()), advice.data());
  if (why.kind() == error_class::credential) return exit_credential;
  return is_config || why.code() == errc::invalid_argument ? exit_usage : exit_failed;
}

}  // namespace cohedge::cli
