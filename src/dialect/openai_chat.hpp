#pragma once

#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "chunk_reader.hpp"

namespace cohedge::dialect {

/// The parts that chat completions and the legacy completions API have in common. `text_choices`: the legacy one.
result<completion> decode_answer(std::string_view padded_body, bool text_choices);
std::unique_ptr<stream_decoder> make_chunk_decoder(const limits& bounds, const deviations& server, bool text_choices);

/// The error for what a reader could not accept; not for verdicts `answer` and `neutral`.
error reader_error(chunk_reader::verdict why, std::string_view json);
/// The error that a finish reason stands for (content filter before any content, "error"), or errc::none.
error finish_error(finish_reason why, std::string_view provider_word, bool content_seen);

/// Success for a 2xx, otherwise the classified error.
result<void> judge_check(int status, const wire::header_block& headers, std::string_view body);

/// The members of a request body that both APIs share, and what the caller put in as `extra`, which wins over ours.
class request_writer {
 public:
  request_writer(const chat_request::content& ask, std::string& body);
  wire::json_writer& json() noexcept { return json_; }
  /// False when `extra` gives this member.
  bool ours(std::string_view member) const noexcept;
  void sampling();
  void stream(bool yes, const deviations& server);
  void extra();

 private:
  const chat_request::content& ask_;
  wire::json_writer json_;
};

/// What is wrong with a request, found before anything is sent; errc::none when nothing is.
error request_fault(const chat_request::content& ask, std::string_view model);

}  // namespace cohedge::dialect
