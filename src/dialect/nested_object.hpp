#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "request_writer.hpp"

namespace cohedge::dialect {

/// An object inside of a request that both we and the caller write (`extra("options", "{…}")`): what the caller gives
/// wins, member by member. A value of the caller's that is no object takes the place of all of it.
class nested_object {
 public:
  /// `name` is of static storage.
  nested_object(request_writer& body, const chat_request::content& ask, const wire::json_string& name);

  wire::json_writer& json() noexcept { return json_; }
  /// False when the caller gives this member.
  bool ours(std::string_view member) const noexcept;
  /// The member, where the request has a value for it and the caller gives none.
  template <class Value>
  void optional(const wire::json_string& member, const std::optional<Value>& value) {
    if (value && ours(member.text())) json_.member(member, *value);
  }
  void optional(const wire::json_string& member, const std::vector<std::string>& texts);
  /// Writes it into the body, unless there is nothing in it.
  void end();

 private:
  bool read_given(std::string_view text);

  request_writer& body_;
  wire::json_string name_;
  std::string text_;
  wire::json_writer json_;
  std::vector<std::pair<std::string, std::string>> given_;
  bool replaced_ = false;
};

}  // namespace cohedge::dialect
