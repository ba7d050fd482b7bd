#pragma once

#include <cohedge/dialect/surface.hpp>

#include <memory>
#include <string_view>

#include "answer_reader.hpp"
#include "framing.hpp"

namespace cohedge::dialect {

/// What all surfaces have in common: answers are read by an answer_reader, streams are cut by a framing, and errors are
/// judged by the decision table. A surface adds its reader and its requests.
class common_surface : public surface {
 public:
  result<completion> decode(std::string_view padded_body) const override;
  std::unique_ptr<stream_decoder> decoder(const limits& bounds, const deviations& server) const override;
  error classify(int status, const wire::header_block& headers, std::string_view body) const override;
  std::string_view stream_media_type() const override;
  result<void> check_answer(int status, const wire::header_block& headers, std::string_view body) const override;

 protected:
  virtual std::unique_ptr<answer_reader> make_reader() const = 0;
  virtual framing_kind framing() const { return framing_kind::sse; }
};

}  // namespace cohedge::dialect
