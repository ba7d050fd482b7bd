#pragma once

#include <string_view>

#include "answer_reader.hpp"

namespace cohedge::dialect {

/// Reads the token counts of OpenAI's `usage` object and of its relatives; the providers' further members are skipped.
/// False when it is malformed.
bool read_usage_object(simdjson::ondemand::object& from, said_counts& into);
/// What they amount to.
usage openai_usage(const said_counts& said) noexcept;

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

  /// A usage object: its counts are the answer's. False where it is malformed.
  bool read_usage_of(object& counts) {
    if (!read_usage_object(counts, said())) return false;
    take_counts(said());
    return true;
  }

 private:
  void take_counts(const said_counts& said) override { counts_ = openai_usage(said); }
};

/// The token of a member, empty where there is none; the object is at its beginning again. False: it is malformed, and
/// must not be touched any more.
bool find_token(simdjson::ondemand::object& from, std::string_view name, std::string_view& token);

}  // namespace cohedge::dialect
