#pragma once

#include <cohedge/dialect/surface.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace bench {

/// One streamed answer as a provider sends it: what is measured, and what reading it costs at the least.
struct stream_sample {
  std::string name;
  const cohedge::dialect::surface* speaks = nullptr;
  std::vector<std::string> documents;  ///< the JSON of every event, in order
  std::string body;                    ///< the same in the provider's framing
  /// Reads one document with the parser alone: the text that it adds, by its path.
  std::function<std::string_view(simdjson::ondemand::document&)> text_of;
};

/// Every streamed surface with this many pieces of text.
std::vector<stream_sample> stream_samples(int pieces);

}  // namespace bench
