#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cohedge {

/// A model as its provider lists it; what it does not say is empty or 0.
struct model_info {
  std::string id;    ///< what a request names
  std::string name;  ///< for people
  std::string owner;
  std::int64_t created = 0;          ///< seconds since 1970
  std::uint64_t context_window = 0;  ///< tokens of prompt and answer, or of the prompt
  std::uint64_t max_output = 0;      ///< tokens
};

struct model_list {
  std::vector<model_info> models;
  std::string next_page;  ///< give it to ask for the rest; empty: this is all
};

}  // namespace cohedge
