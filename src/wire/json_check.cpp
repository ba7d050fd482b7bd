#include <cohedge/wire/json_check.hpp>

#include <simdjson.h>

namespace cohedge::wire {

bool is_json(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  return !text.empty() && parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

}  // namespace cohedge::wire
