#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "openai_reader.hpp"
#include "reasoning_details.hpp"

namespace cohedge::dialect {

/// Stands for a tool call that came without an index.
inline constexpr std::uint32_t no_index = 0xFFFFFFFF;

/// Reads the JSON object that chat completions and the legacy completions API share: a whole answer, or one chunk of a
/// stream. Keeps what spans chunks: model and id, which choices are open, which tool call a piece belongs to.
class chunk_reader final : public openai_reader {
 public:
  /// `text_choices`: the legacy API, whose choices carry `text`.
  explicit chunk_reader(bool text_choices) noexcept : text_choices_{text_choices} {}

  /// A choice may say all at once in `message` where a chunk says `delta`; not so once content was handed out, because
  /// it would be said twice.
  verdict read(const frame& document, bool committed) override { return read_chunk(document.data, !committed); }
  verdict read_whole(std::string_view json) override { return read_chunk(json, true); }
  void reset() override;
  bool all_finished() const noexcept override { return finished_.any() && (opened_ & ~finished_).none(); }

 private:
  enum class source : std::uint8_t { none, message, delta, text };
  struct choice_state {
    std::size_t first_piece = 0;
    std::uint64_t index = 0;
    source from = source::none;
    place finish;
    place logprobs;
  };
  struct known_call {
    std::uint32_t choice;
    std::uint32_t wire_index;
    std::uint32_t index;
    bool named;
    std::string id;
  };

  verdict read_chunk(std::string_view json, bool take_messages);
  verdict read_top(object& top, bool take_messages);
  bool read_top_member(const char* key, value& what, bool take_messages);
  bool read_groq(value& what);
  bool read_choices(value& list, bool take_messages);
  bool read_choice(object& from, bool take_messages);
  bool read_choice_member(const char* key, value& what, choice_state& at, bool take_messages);
  bool take_source(value& what, choice_state& at, source from);
  bool end_choice(const choice_state& at);
  bool read_message(object& from);
  bool read_content(value& what, delta_kind kind, int depth);
  bool read_part(object& part, delta_kind kind, int depth);
  bool read_tool_calls(value& list);
  bool read_tool_call(object& from);
  bool read_function_call(value& what);
  bool read_function(value& what, piece& into);
  bool read_usage(value& what);
  bool read_logprobs(value& what, choice_state& at);
  bool read_reasoning_details(value& list);
  bool read_extra_content(value& what, piece& into);
  bool read_audio(value& what);
  bool read_image(value& what);
  bool read_image_url(value& what);
  bool read_sources(value& list, bool results);
  bool close_reasoning(std::uint32_t choice);
  void hand_out_sources();
  bool place_call(piece& into);

  std::vector<known_call> calls_;
  std::bitset<max_choices> opened_;
  std::bitset<max_choices> finished_;
  std::bitset<max_choices> reasoned_;  // has reasoning that no reasoning_end has closed
  reasoning_details details_;
  std::vector<piece> sources_;  // of the whole answer, as far as they were not handed out
  std::size_t sources_seen_ = 0;
  std::size_t sources_before_ = 0;  // handed out, in documents before
  bool text_choices_;
  bool error_ = false;
  bool saw_choices_ = false;
  bool explained_ = false;  // it says what an error says: a message, or that it is one
};

}  // namespace cohedge::dialect
