#pragma once

#include <cohedge/dialect/deviations.hpp>
#include <cohedge/provider/endpoint.hpp>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cohedge {

/// Looks up an environment variable. An empty function means the process's own environment, where a variable that is
/// set but empty counts as not set.
using environment = std::function<std::optional<std::string>(const std::string& variable)>;

/// The variable's text; empty where it is not set.
std::string look_up(const environment& variables, std::string_view name);

/// A provider whose address and habits are known: one row of the table in src/provider/preset_table.cpp, which
/// docs/providers.md shows. Plain data, for the whole program. Of a list, what is empty is not there.
struct preset_row {
  /// A variable that may hold the key, and the header for a key of its kind where it is not the API's own.
  struct key_source {
    std::string_view variable{};
    std::string_view header{};
  };
  /// A piece of the base URL or query that differs from user to user: `{name}` in it.
  struct part {
    std::string_view name{};
    std::string_view variables[2] = {};  ///< which may hold it, the first that is set counts
    std::string_view otherwise{};        ///< without any; may have parts in it; empty: it must be given
    bool is_url = false;                 ///< "https://…"; any other holds letters, digits and -._ only
  };
  /// A request header whose value is a variable's.
  struct variable_header {
    std::string_view field{};
    std::string_view variable{};
  };

  std::string_view name{};   ///< "groq": `kind` in cohedge.toml
  std::string_view title{};  ///< "Groq"
  std::string_view surface{"openai.chat"};
  std::string_view
      base_url{};  ///< with parts; `{location-}` has a dash behind, and is nothing for "global". Empty: to be given
  std::string_view base_url_variable{};
  key_source keys[3] = {};  ///< in order of precedence
  bool needs_key = true;
  std::string_view console{};  ///< where keys are made
  std::string_view default_model{};
  std::string_view model_variable{};
  part parts[4] = {};
  std::string_view query{};    ///< of every request: "api-version={api_version}"
  std::string_view signing{};  ///< the service that AWS signatures are for, where there is no key
  variable_header headers[2] = {};
  dialect::deviations deviations{};
};

/// All that can be asked with this library, in the order in which `from_environment` falls back on them.
std::span<const preset_row* const> presets();
/// Null where there is none of that name.
const preset_row* preset_named(std::string_view name);

/// What is said beside a preset's row and the environment. Setters chain.
class preset_options {
 public:
  /// Instead of the preset's variable and default.
  preset_options& model(std::string text) { return model_ = std::move(text), *this; }
  /// How reports and logs call it; the preset's name by default.
  preset_options& name(std::string text) { return name_ = std::move(text), *this; }
  /// Instead of the preset's. The preset's own key is not sent there: give one, or the variable that holds it.
  preset_options& base_url(std::string text) { return base_url_ = std::move(text), *this; }
  preset_options& key(secret text) { return key_ = std::move(text), *this; }
  preset_options& key_variable(std::string name) { return key_variable_ = std::move(name), *this; }
  /// "region", "project", "location", "resource", "endpoint", "deployment", "api_version": where the row has it.
  preset_options& part(std::string name, std::string value) {
    return parts_[std::move(name)] = std::move(value), *this;
  }
  preset_options& variables(environment from) { return variables_ = std::move(from), *this; }

  const std::string& model() const noexcept { return model_; }
  const std::string& name() const noexcept { return name_; }
  const std::string& base_url() const noexcept { return base_url_; }
  const secret& key() const noexcept { return key_; }
  const std::string& key_variable() const noexcept { return key_variable_; }
  const std::map<std::string, std::string, std::less<>>& parts() const noexcept { return parts_; }
  const environment& variables() const noexcept { return variables_; }

 private:
  std::string model_;
  std::string name_;
  std::string base_url_;
  secret key_;
  std::string key_variable_;
  std::map<std::string, std::string, std::less<>> parts_;
  environment variables_;
};

/// The endpoint of a preset, to be changed further and given to `make_provider` with `preset_surface`. A key that is
/// missing is no error here: it is `endpoint::key_missing`, with the variables to set and where keys are made.
/// Errors: invalid_config, for a part of the address or a model that is missing or wrong, with the variable to set.
result<endpoint> preset_endpoint(const preset_row& row, const preset_options& said = {});
const dialect::surface& preset_surface(const preset_row& row);

/// Any preset by its name: `preset(client, "groq")`. Errors: invalid_config for a name that is not known, with those
/// that are, and as `preset_endpoint`. A missing key is the error of every call (`errc::missing_credential`), so that
/// a route can go on without it.
result<provider> preset(client& client, std::string_view name, std::string model = {});
result<provider> preset(client& client, std::string_view name, const preset_options& said);

// The same for programs that name their provider. Keys and addresses come from the process's environment; whatever is
// missing is the error of every call.

/// Chat completions. OPENAI_API_KEY, OPENAI_BASE_URL.
provider openai(client& client, std::string model);
/// The Responses API of OpenAI. The same variables.
provider openai_responses(client& client, std::string model);
/// ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, ANTHROPIC_BASE_URL.
provider anthropic(client& client, std::string model);
/// GOOGLE_API_KEY or GEMINI_API_KEY.
provider gemini(client& client, std::string model);
/// GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_LOCATION and an access token in GOOGLE_OAUTH_ACCESS_TOKEN.
provider vertex(client& client, std::string model);
/// AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; AWS_REGION.
provider bedrock(client& client, std::string model);
/// Azure OpenAI's v1 API: `deployment` is the model. AZURE_OPENAI_API_KEY; AZURE_OPENAI_ENDPOINT or
/// AZURE_RESOURCE_NAME.
provider azure(client& client, std::string deployment);
/// MISTRAL_API_KEY.
provider mistral(client& client, std::string model);
/// CO_API_KEY or COHERE_API_KEY.
provider cohere(client& client, std::string model);
/// A local server's own API. OLLAMA_HOST.
provider ollama(client& client, std::string model);

}  // namespace cohedge
