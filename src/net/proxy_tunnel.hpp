#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/net/byte_stream.hpp>
#include <cohedge/net/destination.hpp>

#include <string>

namespace cohedge::net {

/// The value of Proxy-Authorization (RFC 7617). Overwrite it after use.
std::string basic_credential(const proxy& to);

}  // namespace cohedge::net
