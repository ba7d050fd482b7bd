#pragma once

#include <string_view>

#include "answer_reader.hpp"

namespace cohedge::dialect {

/// What answers of OpenAI's two APIs, and of their relatives, have in common.
class openai_reader : public answer_reader {
 protected:
  /// A source: an address, or an object that names one (an annotation, a search result).
  bool add_citation(value& what);
  /// A picture by its URL's token: bytes where it is a `data:` URL, `other` where it must be fetched.
  bool add_image(std::string_view url_token);
  /// Bytes in base64. An empty text adds nothing.
  bool add_media(std::string_view base64_token, std::string_view media_type);

  /// Whether an `error` member says that there is one: some servers send null, `{}` or "" beside a good answer.
  static bool reports_error(value& what);
};

/// The token of a member, empty where there is none; the object is at its beginning again. False: it is malformed, and
/// must not be touched any more.
bool find_token(simdjson::ondemand::object& from, std::string_view name, std::string_view& token);

/// Reads the token counts of OpenAI's `usage` object and of its relatives; the providers' further members are skipped.
/// False when it is malformed. Members that are no counts leave `into` as it is.
bool read_usage_object(simdjson::ondemand::object& from, usage& into);

}  // namespace cohedge::dialect
