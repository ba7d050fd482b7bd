#pragma once

#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::dialect {

/// What the caller gave by name: raw JSON, or texts.
using named_values = std::vector<std::pair<std::string, std::string>>;

bool has_name(const named_values& given, std::string_view name) noexcept;

/// Calls `use(name, value)` for the last of each name: JSON with a name twice is read differently everywhere.
template <class Use>
void each_last(const named_values& given, Use&& use) {
  for (auto each = given.begin(); each != given.end(); ++each) {
    const auto same = [&](const auto& later) { return later.first == each->first; };
    if (std::none_of(each + 1, given.end(), same)) use(each->first, each->second);
  }
}

/// "name": ["…", …].
void write_texts(const wire::json_string& name, const std::vector<std::string>& texts, wire::json_writer& json);

/// Writes a request's body, and what the caller put in as `extra`, which wins over ours.
class request_writer {
 public:
  request_writer(const chat_request::content& ask, std::string& body);
  wire::json_writer& json() noexcept { return json_; }
  /// False when `extra` gives this member.
  bool ours(std::string_view member) const noexcept { return !has_name(ask_.extra, member); }
  /// The member, where the request has a value for it and `extra` has none.
  template <class Value>
  void optional(const wire::json_string& name, const std::optional<Value>& value) {
    if (value && ours(name.text())) json_.member(name, *value);
  }
  void optional(const wire::json_string& name, const std::string& text) {
    if (!text.empty() && ours(name.text())) json_.member(name, text);
  }
  void optional(const wire::json_string& name, const std::vector<std::string>& texts) {
    if (!texts.empty() && ours(name.text())) write_texts(name, texts, json_);
  }
  /// The members of sampling that OpenAI's APIs share.
  void sampling();
  /// `metadata`, true where the request has some and `extra` has none.
  bool metadata();
  void stream(bool yes, const deviations& server);
  /// What the caller put in; where names are given, only members of these names.
  void extra(std::initializer_list<std::string_view> only = {});
  /// A member that `extra` is not to write: it has been. Of static storage.
  void leave_out(std::string_view member) { left_out_.push_back(member); }

 private:
  const chat_request::content& ask_;
  wire::json_writer json_;
  std::vector<std::string_view> left_out_;
};

/// What an API has no words for. Each is an error, or dropped and noted where the request allows it.
class gaps {
 public:
  gaps(std::string_view api, const chat_request::content& ask, std::vector<std::string>& dropped)
      : api_{api}, ask_{ask}, dropped_{dropped} {}

  /// `asked`: the request has it.
  gaps& note(bool asked, std::string_view what) {
    if (asked) dropped_.emplace_back(what);
    return *this;
  }
  /// errc::unsupported, naming all of them; errc::none when nothing was asked in vain, or all may be dropped.
  error refusal() const;

 private:
  std::string_view api_;
  const chat_request::content& ask_;
  std::vector<std::string>& dropped_;
};

/// What is wrong with a request, found before anything is sent; errc::none when nothing is.
error request_fault(const chat_request::content& ask, std::string_view model);

/// Appends `data:image/png;base64,…` and the like as a JSON string.
void write_data_url(wire::json_writer& json, std::string_view media_type, std::string_view bytes);
/// Appends bytes as a JSON string in base64.
void write_base64(wire::json_writer& json, std::string_view bytes);

}  // namespace cohedge::dialect
