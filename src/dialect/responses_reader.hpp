#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "openai_reader.hpp"

namespace cohedge::dialect {

/// Reads answers of OpenAI's Responses API: a whole response, or the events of a stream, told apart by their `type`. Of
/// some sixty types those count that say something; the rest repeats it.
class responses_reader final : public openai_reader {
 public:
  verdict read_whole(std::string_view json) override;
  error explain(const frame& document) const override;
  void reset() override;
  bool all_finished() const noexcept override { return ended_; }

 protected:
  verdict read(const frame& document, bool committed) override;

 private:
  /// The most items of a stream that may be open.
  static constexpr std::size_t max_items = 512;
  static constexpr std::uint32_t no_call = 0xFFFFFFFF;

  /// What a stream said about one item of the output before the item came whole.
  struct item_state {
    std::uint64_t output_index = 0;
    std::uint32_t call = no_call;
    bool said = false;   // text, reasoning or arguments
    bool cited = false;  // sources
  };
  /// The strings of an item, as tokens.
  struct item_words {
    std::string_view id;
    std::string_view call_id;
    std::string_view name;
    std::string_view arguments;
    std::string_view encrypted;
    std::string_view result;
    std::string_view format;
  };
  /// What an event holds beside its type.
  struct event_words {
    std::uint64_t output_index = 0;
    std::string_view text;
    std::string_view logprobs;
  };
  /// What a response says of its end.
  struct ending {
    std::string_view status;
    std::string_view reason;
  };

  verdict read_event(object& top, bool committed);
  bool read_event_members(object& top, std::string_view text_member, event_words& into);
  static verdict pass_over(object& top);
  verdict read_delta(object& top, delta_kind kind);
  verdict read_arguments(object& top, bool all_of_them);
  verdict read_item_event(object& top, bool whole);
  verdict read_annotation(object& top);
  verdict begin_summary_part(object& top);
  verdict read_progress(object& top, std::string_view status);
  static verdict answered(bool good) noexcept { return good ? verdict::answer : verdict::malformed; }

  verdict read_response(object& from, std::string_view status, bool take_output);
  bool read_response_member(const char* key, value& what, ending& end, bool take_output);
  bool read_output(value& list);
  void add_end(const ending& said, std::string_view status);

  bool read_item(object& from, item_state& state, bool whole);
  bool read_item_member(const char* key, value& what, item_words& into);
  bool read_message(object& from, item_state& state);
  bool read_reasoning(object& from, item_state& state);
  bool read_parts(value& list, delta_kind kind, item_state& state);
  bool read_part(value& from, delta_kind kind, item_state& state);
  bool read_call(object& from, item_state& state, bool whole);
  bool read_picture(object& from);
  bool read_other(object& from, std::string_view type);
  bool add_call(const item_words& said, item_state& state);
  void add_logprobs(std::string_view list);
  item_state* state_of(std::uint64_t output_index);

  std::vector<item_state> items_;
  std::uint32_t calls_ = 0;
  bool open_reasoning_ = false;  // text that no reasoning_end has closed
  bool said_nothing_ = true;
  bool error_ = false;
  bool explained_ = false;  // it says what an error says
};

}  // namespace cohedge::dialect
