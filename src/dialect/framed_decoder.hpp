#pragma once

#include <cohedge/dialect/surface.hpp>

#include <memory>

#include "answer_reader.hpp"
#include "framing.hpp"

namespace cohedge::dialect {

/// The decoder of streams whose body is cut into documents by `kind` and whose documents `reader` reads. With
/// `finish_optional` a stream that ends with content, but without a finish reason, is complete.
std::unique_ptr<stream_decoder> make_framed_decoder(std::unique_ptr<answer_reader> reader, framing_kind kind,
                                                    const limits& bounds, bool finish_optional);

}  // namespace cohedge::dialect
