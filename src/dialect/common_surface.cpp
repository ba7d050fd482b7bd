#include "common_surface.hpp"

#include <cohedge/dialect/error_classification.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "framed_decoder.hpp"
#include "whole_answer.hpp"

namespace cohedge::dialect {

// One reader per thread and surface keeps its memory from answer to answer, but not that of a single huge one.
result<completion> common_surface::decode(std::string_view padded_body) const {
  constexpr std::size_t kept = 1024 * 1024;
  if (padded_body.size() > kept) return decode_whole(*make_reader(), padded_body);
  using reader_of = std::pair<const surface*, std::unique_ptr<answer_reader>>;
  thread_local std::vector<reader_of> readers;
  auto mine = std::ranges::find(readers, this, &reader_of::first);
  if (mine == readers.end()) mine = readers.insert(mine, reader_of{this, make_reader()});
  return decode_whole(*mine->second, padded_body);
}

std::unique_ptr<stream_decoder> common_surface::decoder(const limits& bounds, const deviations& server) const {
  return make_framed_decoder(make_reader(), framing(), bounds, server.finish_reason_optional());
}

error common_surface::classify(int status, const wire::header_block& headers, std::string_view body) const {
  return classify_http(status, headers, body);
}

std::string_view common_surface::stream_media_type() const {
  switch (framing()) {
    case framing_kind::ndjson: return "application/x-ndjson";
    case framing_kind::eventstream: return "application/vnd.amazon.eventstream";
    default: return "text/event-stream";
  }
}

result<void> common_surface::check_answer(int status, const wire::header_block& headers, std::string_view body) const {
  if (status >= 200 && status < 300) return success();
  return classify(status, headers, body);
}

}  // namespace cohedge::dialect
