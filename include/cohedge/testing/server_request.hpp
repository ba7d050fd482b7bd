#pragma once

#include <cohedge/core/units.hpp>
#include <cohedge/wire/header.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::testing {

/// One request as a server saw it. What the JSON says is filled in where there is any.
struct server_request {
  std::string method;
  std::string target;        ///< path and query
  wire::header_block headers;
  std::string body;
  std::size_t number = 0;         ///< of all requests to this server, from 0
  std::size_t connection = 0;     ///< which connection, from 0
  std::size_t on_connection = 0;  ///< of the requests on that connection, from 0
  time_point at{};                ///< when its last byte was there

  std::string model;
  std::string prompt;  ///< the last user message, or the prompt of the completions API
  bool stream = false;
  bool include_usage = false;
  std::optional<std::size_t> max_tokens;

  std::string_view path() const noexcept { return std::string_view{target}.substr(0, target.find('?')); }
  /// The first header of that name, or nothing.
  std::string_view header(std::string_view name) const noexcept { return headers.find(name).value_or(""); }

  /// Fills in model, prompt and the rest from `body`; a body that is not JSON leaves them empty.
  void read_body();
};

using recorded_request = server_request;

}  // namespace cohedge::testing
