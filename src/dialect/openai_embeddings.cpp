#include "openai_surface.hpp"

#include <cohedge/core/base64.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

#include "body_reading.hpp"
#include "openai_reader.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

bool read_numbers(value& list, std::vector<float>& into) {
  return each_element(list, [&](value& one) {
    double number = 0;
    if (one.get_double().get(number) != SUCCESS) return false;
    into.push_back(static_cast<float>(number));
    return true;
  });
}

// Numbers of 32 bits, little-endian; Perplexity's models give signed bytes.
bool read_packed(std::string_view token, bool of_bytes, std::vector<float>& into) {
  std::string base64;
  if (!append_text(token, base64)) return false;
  const auto bytes = from_base64(base64);
  if (!bytes || bytes->empty()) return false;
  if (of_bytes) {
    for (const char one : *bytes) into.push_back(static_cast<float>(static_cast<signed char>(one)));
    return true;
  }
  if (bytes->size() % 4 != 0) return false;
  into.reserve(bytes->size() / 4);
  for (std::size_t at = 0; at < bytes->size(); at += 4) {
    std::uint32_t bits = 0;
    for (std::size_t i = 4; i-- > 0;) bits = bits << 8 | static_cast<unsigned char>((*bytes)[at + i]);
    into.push_back(std::bit_cast<float>(bits));
  }
  return true;
}

struct indexed {
  std::uint64_t index;
  std::vector<float> numbers;
};

bool read_vector(object& from, bool of_bytes, indexed& into) {
  return each_member(from, [&](const char* key, value& what) {
    if (is_key(key, "index")) {
      std::uint64_t index = 0;
      if (what.get_uint64().get(index) == SUCCESS) into.index = index;
      return true;
    }
    if (!is_key(key, "embedding")) return true;
    const auto token = what.raw_json_token();
    return token.starts_with('"') ? read_packed(token, of_bytes, into.numbers) : read_numbers(what, into.numbers);
  });
}

// In the order of their indices, each of which comes once.
bool put_in_order(std::vector<indexed>& found, std::vector<std::vector<float>>& into) {
  std::ranges::sort(found, {}, &indexed::index);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].index != i || found[i].numbers.empty()) return false;
    into.push_back(std::move(found[i].numbers));
  }
  return !into.empty();
}

bool read_data(value& list, bool of_bytes, embeddings& into) {
  std::vector<indexed> found;
  const bool good = each_element(list, [&](value& element) {
    object one;
    indexed next{found.size(), {}};
    if (element.get_object().get(one) != SUCCESS || !read_vector(one, of_bytes, next)) return false;
    found.push_back(std::move(next));
    return true;
  });
  return good && put_in_order(found, into.vectors);
}

}  // namespace

result<request_bytes> openai_surface::encode_embeddings(const embedding_request& ask, std::string_view model) const {
  auto wrong = embedding_fault(ask, model, {"model", "input"});
  if (wrong.code() != errc::none) return wrong;
  request_bytes out{"POST", "/embeddings"};
  wire::json_writer json{out.body};
  json.begin_object().member("model", model);
  write_inputs("input", ask, json);
  if (ask.dimensions() && not_extra(ask, "dimensions")) json.member("dimensions", *ask.dimensions());
  if (!ask.end_user().empty() && not_extra(ask, "user")) json.member("user", ask.end_user());
  write_extra(ask, json);
  json.end_object();
  return out;
}

result<embeddings> openai_surface::decode_embeddings(std::string_view padded_body) const {
  const auto body = trimmed(padded_body);
  if (body.empty()) return error{errc::empty_answer, "the body is empty"};
  embeddings found;
  bool seen = false;
  auto& parser = shared_parser(body.size());
  simdjson::ondemand::document document;
  object top;
  if (parser.iterate(body.data(), body.size(), body.size() + simdjson::SIMDJSON_PADDING).get(document) != SUCCESS ||
      document.get_object().get(top) != SUCCESS)
    return unexpected_body(body);
  std::string_view name;
  if (!find_token(top, "model", name)) return unexpected_body(body);
  if (!name.empty() && !append_text(name, found.model)) found.model.clear();
  const bool of_bytes = found.model.starts_with("pplx-embed");
  const bool good = each_member(top, [&](const char* key, value& what) {
    if (is_key(key, "data") && what.raw_json_token().starts_with('[')) {
      seen = true;
      return read_data(what, of_bytes, found);
    }
    object counts;
    if (!is_key(key, "usage") || !what.raw_json_token().starts_with('{')) return true;
    said_counts said;
    if (what.get_object().get(counts) != SUCCESS || !read_usage_object(counts, said)) return false;
    found.usage = openai_usage(said);
    if (found.usage.input == 0) found.usage.input = found.usage.total;  // Voyage says only the sum
    return true;
  });
  const char* behind = nullptr;
  if (!good || !seen || !document.is_alive() || document.current_location().get(behind) == SUCCESS) return unexpected_body(body);
  return found;
}

}  // namespace cohedge::dialect
