#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answer_reader.hpp"
#include "partial_arguments.hpp"

namespace cohedge::dialect {

/// The id of reasoning items whose signature is Gemini's: only those may go back to it.
inline constexpr std::string_view gemini_reasoning = "thoughtSignature";

/// Reads Gemini's GenerateContentResponse: a whole answer, or one document of a stream. Nothing marks the end of a
/// stream; it is complete once every candidate has its finish reason, which may come on several documents.
class gemini_reader final : public answer_reader {
 public:
  verdict read_whole(std::string_view json) override;
  error explain(const frame& document) const override;
  void reset() override;
  bool all_finished() const noexcept override { return now_.finished.any() && (now_.opened & ~now_.finished).none(); }

 private:
  /// What is known of the candidates. A document that turns out to be malformed leaves it as it was.
  struct progress {
    std::bitset<max_choices> opened;
    std::bitset<max_choices> finished;
    std::array<std::uint16_t, max_choices> calls{};
  };
  struct candidate {
    std::size_t first_piece = 0;
    std::uint64_t index = 0;
    std::string_view finish;  // as it stands in the document, like all tokens
    bool cites = false;
  };
  struct part {
    std::string_view text;
    std::string_view signature;
    std::size_t call = 0;  // the piece that begins the part's call, counted from 1; 0: no call
    bool thought = false;
  };
  struct function_call {
    place id;
    place name;
    place arguments;
    bool goes_on = false;
  };

  verdict read(const frame& document, bool) override { return read_whole(document.data); }
  bool read_top_member(const char* key, value& what);
  bool read_feedback(value& what);
  bool read_usage(value& what);
  void take_counts(const said_counts& said) override;
  bool read_candidate(value& from);
  bool read_candidate_member(const char* key, value& what, candidate& at);
  bool end_candidate(const candidate& at);
  bool number_call(piece& of_a_call);
  void finish_candidate(const candidate& at);

  bool read_part(value& from);
  bool read_part_member(const char* key, value& what, part& into);
  bool end_part(const part& from);
  bool read_call(value& from, part& into);
  void begin_call(const function_call& said, part& into);
  void end_call();
  bool read_media(value& from);
  bool add_other(std::string_view name, value& what);

  bool read_sources(value& from);
  bool read_source(value& from);
  bool is_new_source(std::string_view json);
  bool read_grounding(value& from);
  bool read_logprobs(value& what);

  progress now_;
  partial_arguments arguments_;       // of the call that comes in pieces (Vertex)
  std::vector<std::size_t> sources_;  // hashes of those handed out: streams repeat them
  std::string block_reason_;
  std::string block_message_;
  bool call_goes_on_ = false;
  bool error_ = false;
  bool saw_candidates_ = false;
};

}  // namespace cohedge::dialect
