#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answer_reader.hpp"

namespace cohedge::dialect {

/// Reads the answers of Anthropic's Messages API, whoever serves them: a whole message, or the events of a stream, told
/// apart by their JSON `type`. Keeps what spans events: the token counts and the content blocks that are open.
class messages_reader final : public answer_reader {
 public:
  verdict read_whole(std::string_view json) override;
  void reset() override;
  bool all_finished() const noexcept override { return finished_; }

 private:
  /// What a content block, or the delta of one, says: tokens and raw JSON of the document. Members may come in any
  /// order, so none is judged before all are seen.
  struct block_members {
    std::string_view type, id, name, text, thinking, signature, data, partial_json, stop_reason;
    std::string_view input, whole;  // JSON as it stands
    std::size_t first_piece = 0;    // citations are pieces already
  };
  /// A content block that has begun.
  struct open_block {
    enum class what : std::uint8_t { text, thinking, call, other };
    std::uint64_t index = 0;  // on the wire
    what kind = what::text;
    bool fed = false;  // pieces of it came
    std::uint32_t call = 0;
    std::string name;          // of another block: its type
    std::string signature;     // of thinking
    std::string held;          // what its end hands out: encrypted thinking, a call's first input, another block's JSON
    std::string input;         // pieces of another block's input
    std::size_t input_at = 0;  // where `held` has the input they stand for
    std::size_t input_size = 0;
  };

  /// Whether a token is this string, quotes included.
  static bool is(std::string_view token, std::string_view quoted) noexcept { return token.starts_with(quoted); }

  verdict read(const frame& document, bool committed) override;
  bool read_event_member(const char* key, value& what);
  bool read_message_member(const char* key, value& what);
  bool read_members(object& from, block_members& into);
  bool read_block(value& what, block_members& into);
  bool read_whole_block(value& what);
  bool read_usage(value& what);
  verdict take_event();
  bool feed();
  bool feed_input();

  bool add_citation(value& what);
  bool begin_block(const block_members& said, std::uint64_t index);
  bool begin_call(const block_members& said, open_block& block);
  void begin_other(const block_members& said, open_block& block);
  open_block* find_block(std::uint64_t index) noexcept;
  open_block* block_for(std::uint64_t index, open_block::what kind);
  void end_block(open_block& block);
  void end_thinking(const open_block& block);
  void end_other(open_block& block);
  void end_message(std::string_view stop_reason);

  // Of the event that is being read.
  std::string_view type_;
  std::string_view stop_reason_;
  std::uint64_t index_ = 0;
  block_members members_;
  bool error_ = false;

  // Of the answer.
  std::vector<open_block> open_;
  usage said_;  // `input` without what was read from or written to a cache
  std::uint32_t calls_ = 0;
  bool finished_ = false;
};

}  // namespace cohedge::dialect
