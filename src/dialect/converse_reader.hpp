#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answer_reader.hpp"

namespace cohedge::dialect {

/// Reads the answers of Bedrock's Converse and ConverseStream. Keeps what spans events: the content blocks that are
/// open. A stream is over with `metadata`, which follows `messageStop`.
class converse_reader final : public answer_reader {
 public:
  verdict read_whole(std::string_view json) override;
  void reset() override;
  bool all_finished() const noexcept override { return finished_; }

 private:
  enum class event : std::uint8_t { block_start, block_delta, block_stop, message_stop, metadata, other };
  /// A content block that has begun. Blocks of text are not kept: they have nothing to end.
  struct open_block {
    std::uint64_t index = 0;  // on the wire
    bool call = false;        // of a tool; else reasoning
    std::uint32_t call_index = 0;
    std::string signature;  // of reasoning
    std::string encrypted;
  };

  static event event_named(std::string_view type) noexcept;
  verdict read(const frame& document, bool committed) override;
  verdict read_event(object& top, event what);
  bool end_event(event what);

  bool read_start(value& what);
  bool read_delta(value& what);
  bool read_reasoning(value& what);
  bool read_tool_use(value& what);
  bool read_citation(value& what);
  bool read_usage(value& what);
  bool read_message(value& what);
  bool read_block(value& what);

  void begin_part();
  bool read_cited(value& what);
  open_block* block_at(std::uint64_t index) noexcept;
  open_block* open(bool call);
  bool begin_call();
  bool take_delta();
  void close(const open_block& block);
  void close_all();

  // Of the document, or of the block of a whole answer, that is being read.
  std::uint64_t index_ = 0;
  open_block said_;  // what it adds to a block
  piece call_;       // the tool call it begins, or goes on with
  bool begins_call_ = false;
  bool reasons_ = false;
  std::string stop_reason_;

  // Of the answer.
  std::vector<open_block> open_;
  std::uint32_t calls_ = 0;
  bool finished_ = false;
};

}  // namespace cohedge::dialect
