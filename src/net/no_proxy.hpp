#pragma once

#include <cohedge/net/destination.hpp>

#include <string_view>

namespace cohedge::net {

/// "localhost" and names below it (RFC 6761 §6.3), 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

/// One element of a NO_PROXY list holds for this origin: "*"; a domain, with or without a dot in front, for itself and
/// what is below it; an address; a network as address/bits. A domain or an address may have a port: then only that one.
bool is_exempt(const origin& to, std::string_view rule);

}  // namespace cohedge::net
