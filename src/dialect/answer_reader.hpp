#pragma once

#include <cohedge/chat/delta.hpp>
#include <cohedge/core/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "document_shape.hpp"
#include "framing.hpp"
#include "json_text.hpp"
#include "said_counts.hpp"

namespace cohedge::dialect {

/// The most candidate answers one answer may have (OpenAI's own limit for `n`), and the most tool calls.
inline constexpr std::size_t max_choices = 128;
inline constexpr std::size_t max_tool_calls = 256;

/// Reads the documents of one answer: the events of a stream, or a whole body. Each API surface has one. What a
/// document says is left in `pieces` and `counts`; what spans documents is kept. All memory is kept between documents.
class answer_reader {
 public:
  using value = simdjson::ondemand::value;
  using object = simdjson::ondemand::object;

  enum class verdict : std::uint8_t {
    answer,     ///< `pieces` and `counts` hold what it said, in the order to be handed out
    neutral,    ///< nothing that matters, and no error
    error,      ///< it reports an error: `explain` says which
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
    place text{};
    place id{};
    place name{};
    place signature{};
  };

  virtual ~answer_reader() = default;

  /// One document of a stream; 64 readable bytes must follow its data. `committed`: content was handed out before.
  /// A document that is the one before with another text, or other counts, is recognized without being read.
  verdict next(const frame& document, bool committed);
  /// Whether `document`, of which only the beginning need be known, is recognized: its size with what its framing has
  /// behind it, and all is as if `next` had been called. 0: it is not, and `next` must be called.
  std::size_t next_like_the_last(const frame& document);
  /// Parses the next document whatever the last one was like. For tests.
  void forget_shape() noexcept { shape_.forget(); }

  /// A whole answer; 64 readable bytes must follow. Forgets everything before but the memory. An answer that is the
  /// last one with another text, another id or other counts is recognized without being read.
  verdict whole(std::string_view json);
  /// What a document means that `read` called an error.
  virtual error explain(const frame& document) const;
  /// Forgets everything but the memory, for another answer.
  virtual void reset();
  /// The stream may end here: every choice that was opened has its finish reason.
  virtual bool all_finished() const noexcept = 0;

  /// The last document was the end: nothing is read behind it.
  bool ended() const noexcept { return ended_; }
  const std::vector<piece>& pieces() const noexcept { return pieces_; }
  std::string_view text(place where) const noexcept { return {text_.data() + where.at, where.size}; }
  /// What a piece says; valid until the next document. `usage` stays null.
  void fill(const piece& from, delta& out) const noexcept;
  /// Token counts so far; `reported` is false where the last document had none.
  const usage& counts() const noexcept { return counts_; }
  const std::string& model() const noexcept { return model_; }
  const std::string& id() const noexcept { return id_; }
  const std::string& service_tier() const noexcept { return service_tier_; }

 protected:
  /// Reads one document of a stream, as told for `next`.
  virtual verdict read(const frame& document, bool committed) = 0;
  /// Reads a whole answer, as told for `whole`; nothing was read before.
  virtual verdict read_whole(std::string_view json) = 0;

  /// Opens a document and has `read_top` read its object; checks that nothing follows it. `counts_.reported` and the
  /// pieces are cleared first, and the pieces again where the verdict is not `answer`.
  template <class ReadTop>
  verdict read_object(std::string_view json, ReadTop&& read_top);
  void begin_document();

  /// What the usage object of this document says: of the document that this thread reads just now.
  static said_counts& said();
  /// `counts_` by these: called when a usage object was read with `said`, and for a document that is recognized.
  virtual void take_counts(const said_counts&) {}

  /// The functions that add give false where the token is no string.
  bool add_text(std::string_view token, place& where);
  place add_plain(std::string_view text);
  /// Adds a piece with this text, unless the text is empty.
  bool add_piece(std::string_view token, delta_kind kind, std::uint32_t choice = 0);
  void add_finish(finish_reason why, std::string_view provider_word, std::uint32_t choice = 0);
  static void keep_first(std::string_view token, std::string& into);
  /// The answer's id, unless there is one.
  void keep_id(std::string_view token);

  std::string text_;
  std::vector<piece> pieces_;
  usage counts_;
  std::string model_;
  std::string id_;
  std::string service_tier_;
  /// The string of the last piece, in the document that is being read; add_piece sets it. Empty where this document is
  /// not to stand for the next one.
  std::string_view last_token_;
  std::uint32_t last_text_at_ = 0;  ///< what it says, in `text_`
  bool ended_ = false;
  bool too_many_ = false;  ///< set by whatever finds an index out of bounds, and then gives false

 private:
  /// `id_token`: an id that may be another in the next document; empty where it may not.
  bool learn_shape(const frame& document, std::string_view id_token);

  std::string_view id_token_;  // in the document that is being read
  // What the remembered document said is still in text_ and pieces_: all but one piece's text is said again.
  document_shape shape_;
  std::size_t said_piece_ = 0;
  std::size_t said_text_ = 0;  // the size of text_
};

template <class ReadTop>
answer_reader::verdict answer_reader::read_object(std::string_view json, ReadTop&& read_top) {
  begin_document();
  auto& parser = shared_parser(json.size());
  auto parsed = parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING);
  if (parsed.error() != simdjson::SUCCESS) return verdict::malformed;
  auto& document = held_by(parsed);
  auto top = document.get_object();
  if (top.error() != simdjson::SUCCESS) return verdict::malformed;
  auto said = read_top(held_by(top));
  const char* behind = nullptr;  // whatever follows the object
  const bool follows = document.current_location().get(behind) == simdjson::SUCCESS;
  if (said != verdict::error && (follows || !document.is_alive())) said = verdict::malformed;
  if (too_many_) said = verdict::too_many;
  if (said != verdict::answer) pieces_.clear();
  return said;
}

/// Calls `use(key, value)` for every member, key as `is_key` takes it, until it gives false. False then, and where the
/// object is malformed.
template <class Use>
bool each_member(simdjson::ondemand::object& from, Use&& use) {
  for (auto each : from) {
    if (each.error() != simdjson::SUCCESS) return false;
    auto& member = held_by(each);
    if (!use(member.key().raw(), member.value())) return false;
  }
  return true;
}

/// The same for a value; what is no object has no members.
template <class Use>
bool each_member(simdjson::ondemand::value& from, Use&& use) {
  auto inside = from.get_object();
  if (inside.error() == simdjson::INCORRECT_TYPE) return true;
  return inside.error() == simdjson::SUCCESS && each_member(held_by(inside), use);
}

/// Calls `use(value)` for every element; what is no list has none.
template <class Use>
bool each_element(simdjson::ondemand::value& from, Use&& use) {
  auto list = from.get_array();
  if (list.error() == simdjson::INCORRECT_TYPE) return true;
  if (list.error() != simdjson::SUCCESS) return false;
  for (auto each : held_by(list)) {
    if (each.error() != simdjson::SUCCESS) return false;
    if (!use(held_by(each))) return false;
  }
  return true;
}

/// A count; of several members that say the same, the largest. Null and everything else that is no whole number from 0
/// up counts as not said.
void read_count(simdjson::ondemand::value& what, std::uint64_t& into);
/// The value as the text of the document has it: an object or list with its brackets, a scalar as it is.
bool raw_json(simdjson::ondemand::value& what, std::string_view& json);

}  // namespace cohedge::dialect
