#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answer_reader.hpp"

namespace cohedge::dialect {

/// Reads the answers of Cohere's chat API, version 2: a whole one, or the events of a stream. Both say things with the
/// same members, an event's inside of `delta`; its type stands anywhere in it. `message-end` ends a stream. The plan of
/// a tool call is reasoning.
class cohere_reader final : public answer_reader {
 public:
  verdict read_whole(std::string_view json) override { return read_document(json, false); }
  error explain(const frame& document) const override;
  void reset() override;
  bool all_finished() const noexcept override { return ended_; }

 private:
  verdict read(const frame& document, bool) override { return read_document(document.data, true); }
  verdict read_document(std::string_view json, bool stream);
  bool read_top_member(const char* key, value& what);
  bool read_delta_member(const char* key, value& what);
  bool read_message(value& what);
  bool read_content(value& what);
  bool read_call(value& from);
  bool read_citation(value& from);
  bool read_usage(value& what);
  bool read_logprobs(value& what);
  bool end_document(bool stream);
  bool number_call(piece& of_a_call);
  void end_call();

  std::vector<std::uint64_t> calls_;  // the numbers they have in the stream, in the order they came
  std::string failure_;               // what an answer that ended with an error says
  std::string_view type_, finish_;    // as they stand in the document
  std::uint64_t index_ = 0;
  bool error_ = false;
  bool spoke_ = false;
};

}  // namespace cohedge::dialect
