#include "http_provider.hpp"

#include <cstdlib>

namespace cohedge {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

provider make_provider(client& client, const dialect::surface& speaks, endpoint where) {
  return provider{std::make_shared<http_provider>(client.core(), speaks, std::move(where))};
}

provider openai(client& client, std::string model) {
  const auto base = environment("OPENAI_BASE_URL");
  endpoint where{base.empty() ? "https://api.openai.com/v1" : std::string{base}, std::move(model)};
  where.name("openai");
  where.key(secret{environment("OPENAI_API_KEY")});
  where.key_missing("set the environment variable OPENAI_API_KEY to a key from platform.openai.com/api-keys");
  where.deviations(dialect::openai_deviations());
  return make_provider(client, dialect::openai_chat(), std::move(where));
}

provider openai_compatible(client& client, std::string base_url, std::string model, secret key) {
  endpoint where{std::move(base_url), std::move(model)};
  where.key(std::move(key));
  where.deviations(dialect::compatible_deviations());
  return make_provider(client, dialect::openai_chat(), std::move(where));
}

provider legacy(client& client, std::string base_url, std::string model, secret key) {
  endpoint where{std::move(base_url), std::move(model)};
  where.key(std::move(key));
  where.deviations(dialect::compatible_deviations());
  return make_provider(client, dialect::legacy_completions(), std::move(where));
}

}  // namespace cohedge
