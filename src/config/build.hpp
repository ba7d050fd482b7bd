#pragma once

#include <cohedge/config/config.hpp>

namespace cohedge::config {

result<setup> build(client& client, const description& said, const environment& variables);

/// The variable's text; empty where it is not set.
std::string look_up(const environment& variables, const std::string& name);

}  // namespace cohedge::config
