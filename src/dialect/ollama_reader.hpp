#pragma once

#include <cstdint>
#include <string_view>

#include "answer_reader.hpp"

namespace cohedge::dialect {

/// Reads the answers of Ollama's own APIs: a line of a stream and a whole answer are the same object. What is said is
/// in a `message` (chat) or beside the rest (generate). `done` ends a stream. Tool calls come whole, with their
/// arguments as an object.
class ollama_reader final : public answer_reader {
 public:
  verdict read_whole(std::string_view json) override;
  void reset() override;
  bool all_finished() const noexcept override { return ended_; }

 private:
  verdict read(const frame& document, bool) override { return read_whole(document.data); }
  bool read_top_member(const char* key, value& what);
  bool read_message(value& what);
  bool read_call(value& from);
  void finish();

  std::string_view reason_;  // as it stands in the document
  std::uint32_t calls_ = 0;
  usage said_;
  bool done_ = false;
  bool error_ = false;
  bool spoke_ = false;
};

}  // namespace cohedge::dialect
