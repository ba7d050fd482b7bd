#pragma once

#include <cohedge/chat/price.hpp>
#include <cohedge/observe/json_lines.hpp>
#include <cohedge/provider/client.hpp>
#include <cohedge/provider/presets.hpp>
#include <cohedge/provider/provider.hpp>
#include <cohedge/route/route.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge {

/// A provider out of a file or the environment, and what is known about it.
class configured_provider {
 public:
  configured_provider(std::string kind, std::string origin, std::string model, cohedge::provider made)
      : kind_{std::move(kind)}, origin_{std::move(origin)}, model_{std::move(model)}, provider_{std::move(made)} {}

  const std::string& name() const noexcept { return provider_.name(); }
  const std::string& kind() const noexcept { return kind_; }
  /// Where it is asked: "https://api.openai.com".
  const std::string& origin() const noexcept { return origin_; }
  const std::string& model() const noexcept { return model_; }
  const cohedge::provider& provider() const noexcept { return provider_; }

 private:
  std::string kind_;
  std::string origin_;
  std::string model_;
  cohedge::provider provider_;
};

/// Providers and routes by name, made for one client, and what models cost. Copies share providers and routes.
class setup {
 public:
  setup(std::vector<configured_provider> providers, std::vector<cohedge::route> routes, price_table prices = {})
      : providers_{std::move(providers)}, routes_{std::move(routes)}, prices_{std::move(prices)} {}

  /// Errors: `errc::invalid_config` with the names there are.
  result<cohedge::provider> provider(std::string_view name) const;
  result<cohedge::route> route(std::string_view name) const;
  std::vector<std::string> provider_names() const;
  std::vector<std::string> route_names() const;

  const std::vector<configured_provider>& providers() const noexcept { return providers_; }
  const std::vector<cohedge::route>& routes() const noexcept { return routes_; }
  /// Of the file's [prices]: `setup.prices().cost(answer.usage(), answer.model())`.
  const price_table& prices() const noexcept { return prices_; }

 private:
  std::vector<configured_provider> providers_;
  std::vector<cohedge::route> routes_;
  price_table prices_;
};

namespace config {
struct description;
}

/// A configuration file that has been read and found right; docs/config.md has the format. Reading it needs no client
/// and touches nothing but the file, so a program can ask it for the client's options first:
///
///     auto file = cohedge::config_file::read("cohedge.toml");
///     cohedge::client client{executor, file->options().value()};
///     auto setup = file->build(client);
///
/// Errors are `errc::invalid_config`; the detail names every problem of the file, each on a line of its own with file,
/// line, key and what would be right.
class config_file {
 public:
  /// At most 1 MB. Paths in it are relative to its folder.
  static result<config_file> read(const std::filesystem::path& file);
  static result<config_file> parse(std::string_view toml, std::string_view file_name);

  /// What [client] says about the client: authorities, clocks, log. Errors: a log that cannot be opened. `clock` gives
  /// the log's lines their time.
  result<client_options> options(json_lines::wall_clock clock = {}) const;
  /// Makes the providers and routes. A key's variable that is not set is no error here: that provider's calls fail
  /// with `errc::missing_credential` and the variable's name, so that a route can go on without it.
  result<setup> build(client& client, const environment& variables = {}) const;

 private:
  explicit config_file(std::shared_ptr<const config::description> of_the_file) : said_{std::move(of_the_file)} {}

  std::shared_ptr<const config::description> said_;
};

/// `config_file::read` and `build` in one. The client is there already, so `ca_file` and `log` of the file, which
/// concern its making, have no effect; the clocks have.
result<setup> load(client& client, const std::filesystem::path& file);
result<setup> load_text(client& client, std::string_view toml, std::string_view file_name);

/// What can be asked without a file: every preset (docs/providers.md) whose key is in the environment (OPENAI_API_KEY,
/// ANTHROPIC_API_KEY, GROQ_API_KEY, …), or whose address is where it needs no key (VLLM_BASE_URL, …), with its default
/// model unless a variable (OPENAI_MODEL, …) names another one. Of several with the same key, the first. The route
/// "chat" is the fallback over all of them, in the order of `presets()`. Errors: `errc::missing_credential` where there
/// is nothing at all, with what to set.
result<setup> from_environment(client& client, const environment& variables = {});

/// The variables that `from_environment` looks for keys in, in the order of its route.
std::vector<std::string_view> environment_keys();

}  // namespace cohedge
