#pragma once

#include <cohedge/chat/embedding.hpp>
#include <cohedge/core/result.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace cohedge::dialect {

// For the bodies that are no answer of a model: lists of models, vectors, token counts. They are read once and whole.

/// The body as a JSON object, owned by the parser. An error it reports, or malformed_answer.
result<simdjson::dom::object> parse_body(simdjson::dom::parser& parser, std::string_view body);
error malformed_body(std::string_view what);

/// A member's text; "" where it is none.
std::string text_of(const simdjson::dom::object& from, std::string_view member);
/// A member's count; 0 where it is none.
std::uint64_t count_of(const simdjson::dom::object& from, std::string_view member);

/// A body that is a token count: this member's. Errors: those of parse_body; malformed_answer where it has none.
result<std::uint64_t> decode_token_count(std::string_view body, std::string_view member);

/// Appends a list of numbers as one vector. False: it is none, or empty.
bool add_vector(const simdjson::dom::element& list, embeddings& into);
/// Appends a list of such lists.
bool add_vectors(const simdjson::dom::element& lists, embeddings& into);

/// What is wrong with the request; `ours` are the members that `extra` must not have. errc::none when nothing is.
error embedding_fault(const embedding_request& ask, std::string_view model,
                      std::initializer_list<std::string_view> ours);
/// The caller has not put in this member.
bool not_extra(const embedding_request& ask, std::string_view member);
/// What the caller put in.
void write_extra(const embedding_request& ask, wire::json_writer& json);
/// "name": ["…", …], the texts.
void write_inputs(const wire::json_string& name, const embedding_request& ask, wire::json_writer& json);

}  // namespace cohedge::dialect
