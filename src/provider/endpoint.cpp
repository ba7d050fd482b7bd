#include "http_provider.hpp"

namespace cohedge {

provider make_provider(client& client, const dialect::surface& speaks, endpoint where) {
  return provider{std::make_shared<http_provider>(client.core(), speaks, std::move(where))};
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
