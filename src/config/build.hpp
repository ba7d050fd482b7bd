#pragma once

#include <cohedge/config/config.hpp>

namespace cohedge::config {

result<setup> build(client& client, const description& said, const environment& variables);

}  // namespace cohedge::config
