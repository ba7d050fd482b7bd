#pragma once

#include <cohedge/wire/header.hpp>

#include <span>
#include <string>
#include <string_view>

namespace cohedge::wire::sigv4 {

/// The parts of a canonical request (AWS, "Create a signed AWS API request", step 1), as plain texts.

/// The path with every byte escaped that RFC 3986 §2.3 does not call unreserved, slashes aside: what is escaped already
/// is escaped twice, as all services but S3 want it. Normalized: without empty and dot segments (§5.2.4).
void append_path(std::string& out, std::string_view path, bool normalize);

/// The parameters sorted by name and value, each escaped once, however it was escaped before.
void append_query(std::string& out, std::string_view query);

struct header_text {
  std::string lines;  ///< "name:value\n" for each name, in order
  std::string names;  ///< "name;name"
};
/// Names in lower case, values without white space around them and with one space for every run of it within them.
header_text canonical_headers(std::span<const header> fields);

}  // namespace cohedge::wire::sigv4
