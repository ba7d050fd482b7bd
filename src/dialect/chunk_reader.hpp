#pragma once

#include <cohedge/chat/delta.hpp>
#include <cohedge/core/error.hpp>

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chunk_shape.hpp"
#include "json_text.hpp"

namespace cohedge::dialect {

/// The most candidate answers one answer may have (OpenAI's own limit for `n`), and the most tool calls.
inline constexpr std::size_t max_choices = 128;
inline constexpr std::size_t max_tool_calls = 256;
/// Stands for a tool call that came without an index.
inline constexpr std::uint32_t no_index = 0xFFFFFFFF;

/// Reads the JSON object that chat completions and the legacy completions API share: a whole answer, or one chunk of a
/// stream. Keeps what spans chunks: model and id, which choices are open, which tool call a piece belongs to.
/// All memory is kept between documents.
class chunk_reader {
 public:
  enum class verdict : std::uint8_t {
    answer,     ///< `pieces` and `counts` hold what it said, in the order to be handed out
    neutral,    ///< an object that is no answer and no error
    error,      ///< it reports an error: give it to classify_body
    malformed,  ///< no JSON object, or one whose parts have the wrong types
    too_many,   ///< an index beyond max_choices or max_tool_calls
  };

  /// A place in the text of the last document.
  struct place {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  struct piece {
    delta_kind kind = delta_kind::text;
    finish_reason finish = finish_reason::none;
    std::uint32_t choice = 0;
    std::uint32_t tool_index = 0;
    place text;
    place id;
    place name;
  };

  /// `text_choices`: the legacy API, whose choices carry `text`.
  explicit chunk_reader(bool text_choices) noexcept : text_choices_{text_choices} {}

  /// Reads one document, which 64 readable bytes must follow. `take_messages`: a choice may say all at once in
  /// `message` where a chunk says `delta`; false once content was handed out, because it would be said twice.
  verdict read(std::string_view json, bool take_messages);
  /// Parses the next document whatever the last one was like. For tests.
  void forget_shape() noexcept { shape_.forget(); }
  /// Forgets everything but the memory.
  void reset();

  const std::vector<piece>& pieces() const noexcept { return pieces_; }
  std::string_view text(place where) const noexcept { return {text_.data() + where.at, where.size}; }
  /// Token counts of the last document; `reported` is false where it had none.
  const usage& counts() const noexcept { return counts_; }
  const std::string& model() const noexcept { return model_; }
  const std::string& id() const noexcept { return id_; }
  /// A finish reason came for every choice that was opened.
  bool all_finished() const noexcept { return finished_.any() && (opened_ & ~finished_).none(); }

 private:
  using value = simdjson::ondemand::value;
  using object = simdjson::ondemand::object;
  enum class source : std::uint8_t { none, message, delta, text };
  struct choice_state {
    std::size_t first_piece = 0;
    std::uint64_t index = 0;
    source from = source::none;
    place finish;
  };
  struct known_call {
    std::uint32_t choice;
    std::uint32_t wire_index;
    std::uint32_t index;
    bool named;
    std::string id;
  };

  bool read_like_the_last(std::string_view json);
  void learn_shape(std::string_view json);
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
  bool place_call(piece& into);
  bool add_text(std::string_view token, place& where);
  bool add_piece(std::string_view token, delta_kind kind);
  void keep_first(std::string_view token, std::string& into);
  bool reports_error(value& what);

  std::string text_;
  std::vector<piece> pieces_;
  std::vector<known_call> calls_;
  usage counts_;
  std::string model_;
  std::string id_;
  std::bitset<max_choices> opened_;
  std::bitset<max_choices> finished_;
  chunk_shape shape_;
  piece shape_piece_;            // what the remembered document says
  std::string_view last_token_;  // the string of the last piece, in the document that is being read
  bool text_choices_;
  bool too_many_ = false;
  bool error_ = false;
  bool saw_choices_ = false;
  bool explained_ = false;  // it says what an error says: a message, or that it is one
};

/// Reads the token counts of OpenAI's `usage` object and of its relatives; the providers' further members are skipped.
/// False when it is malformed. Members that are no counts leave `into` as it is.
bool read_usage_object(simdjson::ondemand::object& from, usage& into);

}  // namespace cohedge::dialect
