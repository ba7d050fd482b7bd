#include "framed_decoder.hpp"

#include "answer_reader.hpp"
#include "whole_answer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace cohedge::dialect {
namespace {

class framed_decoder final : public stream_decoder {
 public:
  framed_decoder(std::unique_ptr<answer_reader> reader, framing_kind kind, const limits& bounds, bool finish_optional)
      : reader_{std::move(reader)},
        for_framing_{std::make_unique<const limits>(bounds)},
        most_bytes_{bounds.body},
        most_neutral_events_{bounds.neutral_events},
        kind_{kind},
        finish_optional_{finish_optional} {}

  decode_step next(std::string_view& input, delta& out) override;
  decode_step finish(delta& out) override;
  const error& failure() const noexcept override { return failure_; }

  std::string_view model() const override { return reader_->model(); }
  std::string_view id() const override { return reader_->id(); }
  bool committed() const override { return committed_; }

 private:
  enum class state : std::uint8_t { start, events, whole_body, done, failed };
  enum class malformed : std::uint8_t { fails, is_a_cut };
  using step = decode_step;

  void sniff(std::string_view& input);
  step next_event(std::string_view& input, delta& out);
  step keep_body(std::string_view& input);
  step read_frame(const frame& document, delta& out);
  step read_document(const frame& document, delta& out, malformed means = malformed::fails);
  step take(answer_reader::verdict said, const frame& document, delta& out);
  step read_body(delta& out);
  step read_tail(delta& out);
  step hand_out(delta& out);
  step hand_out_finish(const answer_reader::piece& piece, delta& out);
  void note_call(const answer_reader::piece& piece);
  bool close_call(std::uint32_t choice, delta& out);
  step end();
  step fail(error why);

  /// A tool call whose end was not handed out.
  struct open_call {
    std::uint32_t choice;
    std::uint32_t index;
    bool operator==(const open_call&) const = default;
  };

  std::unique_ptr<answer_reader> reader_;
  std::unique_ptr<framing> frames_;
  std::vector<open_call> open_calls_;
  std::size_t next_piece_ = 0;
  std::string body_;                           // JSON or a page, where a stream was expected
  std::unique_ptr<const limits> for_framing_;  // until the first byte: thousands of streams wait at a time
  std::size_t most_bytes_;
  std::size_t most_neutral_events_;
  std::size_t bytes_ = 0;
  std::size_t neutral_events_ = 0;
  error failure_;
  finish_reason last_finish_ = finish_reason::none;
  std::uint32_t last_finished_ = 0;  // the choice it was said of
  state state_ = state::start;
  framing_kind kind_;
  bool finish_optional_;
  bool committed_ = false;
  bool events_seen_ = false;
  bool usage_waits_ = false;
  bool flushed_ = false;
};

decode_step framed_decoder::next(std::string_view& input, delta& out) {
  if (state_ == state::failed) return step::failed;
  if (state_ == state::done) return step::done;
  if (next_piece_ < reader_->pieces().size() || usage_waits_ || reader_->ended())
    if (const auto one = hand_out(out); one != step::need_more) return one;
  const auto before = input.size();
  if (state_ == state::start) sniff(input);
  auto one = state_ == state::whole_body ? keep_body(input) : next_event(input, out);
  bytes_ += before - input.size();
  if (bytes_ > most_bytes_) one = fail({errc::limit_exceeded, "the stream is longer than limits.body"});
  return one;
}

// JSON or a page may come where a stream was asked for; the first byte tells.
void framed_decoder::sniff(std::string_view& input) {
  const auto first = input.find_first_not_of(" \t\r\n");
  if (kind_ != framing_kind::eventstream) input.remove_prefix(std::min(first, input.size()));
  if (input.empty()) return;
  frames_ = framing_for(kind_, input.front(), *for_framing_);
  for_framing_.reset();
  state_ = frames_ ? state::events : state::whole_body;
}

framed_decoder::step framed_decoder::next_event(std::string_view& input, delta& out) {
  if (!frames_) return step::need_more;
  frame document;
  while (true) {
    if (committed_ && frames_->peek(input, document))
      if (const auto size = reader_->next_like_the_last(document); size > 0) {
        const auto* const behind = document.data.data() + size;
        input.remove_prefix(static_cast<std::size_t>(behind - input.data()));
        return take(answer_reader::verdict::answer, document, out);
      }
    const auto more = frames_->next(input, document);
    if (!more) return fail(more.error());
    if (!more.value()) return step::need_more;
    const auto one = read_frame(document, out);
    if (one != step::need_more) return one;
  }
}

framed_decoder::step framed_decoder::keep_body(std::string_view& input) {
  if (body_.size() + input.size() > most_bytes_) return fail({errc::limit_exceeded, "the body exceeds limits.body"});
  body_.append(std::exchange(input, {}));
  return step::need_more;
}

framed_decoder::step framed_decoder::read_frame(const frame& document, delta& out) {
  events_seen_ = true;
  if (!committed_ && ++neutral_events_ > most_neutral_events_)
    return fail({errc::limit_exceeded, "too many events without content"});
  if (document.failure) return fail(reader_->explain(document));
  if (document.data.starts_with('{')) return read_document(document, out);
  const auto data = trimmed(document.data);
  if (data.empty()) return step::need_more;
  if (data == "[DONE]") return end();
  return read_document({document.type, data}, out);
}

framed_decoder::step framed_decoder::read_document(const frame& document, delta& out, malformed means) {
  const auto said = reader_->next(document, committed_);
  if (said == answer_reader::verdict::malformed && means == malformed::is_a_cut) return step::need_more;
  return take(said, document, out);
}

framed_decoder::step framed_decoder::take(answer_reader::verdict said, const frame& document, delta& out) {
  next_piece_ = 0;
  usage_waits_ = false;
  if (said == answer_reader::verdict::neutral) return step::need_more;
  if (said != answer_reader::verdict::answer) return fail(reader_error(*reader_, said, document));
  usage_waits_ = reader_->counts().reported;
  return hand_out(out);
}

framed_decoder::step framed_decoder::hand_out(delta& out) {
  while (next_piece_ < reader_->pieces().size()) {
    const auto& piece = reader_->pieces()[next_piece_];
    if (piece.kind == delta_kind::finish && close_call(piece.choice, out)) return step::event;
    ++next_piece_;
    if (piece.kind == delta_kind::tool_arguments && piece.text.size == 0) continue;
    reader_->fill(piece, out);
    if (piece.kind == delta_kind::finish) {
      const auto one = hand_out_finish(piece, out);
      if (one == step::need_more) continue;
      return one;
    }
    if (piece.kind == delta_kind::tool_call || piece.kind == delta_kind::tool_call_end) note_call(piece);
    committed_ = committed_ || out.is_content();
    return step::event;
  }
  if (std::exchange(usage_waits_, false)) {
    reader_->fill({.kind = delta_kind::usage}, out);
    out.usage = &reader_->counts();
    return step::event;
  }
  return reader_->ended() ? end() : step::need_more;
}

void framed_decoder::note_call(const answer_reader::piece& piece) {
  const open_call call{piece.choice, piece.tool_index};
  std::erase(open_calls_, call);  // it may begin again, when its name comes late
  if (piece.kind == delta_kind::tool_call) open_calls_.push_back(call);
}

// Most APIs do not say when a call has all its arguments: the choice's finish reason says it.
bool framed_decoder::close_call(std::uint32_t choice, delta& out) {
  const auto open = std::ranges::find(open_calls_, choice, &open_call::choice);
  if (open == open_calls_.end()) return false;
  reader_->fill({.kind = delta_kind::tool_call_end, .choice = choice, .tool_index = open->index}, out);
  open_calls_.erase(open);
  return true;
}

// need_more: it was said before. Some servers repeat the finish reason on the chunks that follow.
framed_decoder::step framed_decoder::hand_out_finish(const answer_reader::piece& piece, delta& out) {
  if (piece.finish == last_finish_ && piece.choice == last_finished_) return step::need_more;
  last_finish_ = piece.finish;
  last_finished_ = piece.choice;
  auto meaning = finish_error(piece.finish, out.name, committed_);
  return meaning.code() == errc::none ? step::event : fail(std::move(meaning));
}

decode_step framed_decoder::finish(delta& out) {
  if (state_ == state::failed) return step::failed;
  if (state_ == state::done) return step::done;
  if (const auto one = hand_out(out); one != step::need_more) return one;
  if (!std::exchange(flushed_, true)) {
    const auto one = state_ == state::whole_body ? read_body(out) : read_tail(out);
    if (one != step::need_more) return one;
  }
  if (reader_->all_finished()) return end();
  if (committed_ && finish_optional_) return end();
  if (committed_) return fail({errc::truncated, "the stream ended without a finish reason"});
  if (events_seen_) return fail({errc::empty_answer, "the stream ended without content"});
  return fail({errc::connection_closed, error_class::pre_content, "the stream ended before its first event"});
}

framed_decoder::step framed_decoder::read_body(delta& out) {
  events_seen_ = true;
  const auto size = body_.size();
  body_.append(simdjson::SIMDJSON_PADDING, ' ');
  const frame body{{}, std::string_view{body_.data(), size}};
  if (body.data.front() == '<') return fail(reader_error(*reader_, answer_reader::verdict::malformed, body));
  finish_optional_ = true;  // a whole answer needs no finish reason
  return take(reader_->whole(body.data), body, out);
}

// Half an event is what a cut leaves: naming that is left to finish().
framed_decoder::step framed_decoder::read_tail(delta& out) {
  frame document;
  if (!frames_ || !frames_->tail(document)) return step::need_more;
  if (document.failure || document.data == "[DONE]") return read_frame(document, out);
  if (!document.data.starts_with('{')) return step::need_more;
  events_seen_ = true;
  return read_document(document, out, malformed::is_a_cut);
}

// The provider says that this is all.
framed_decoder::step framed_decoder::end() {
  const bool deliberate = last_finish_ != finish_reason::none && last_finish_ != finish_reason::stop;
  if (!committed_ && !deliberate) return fail({errc::empty_answer, "the stream ended without content"});
  state_ = state::done;
  return step::done;
}

framed_decoder::step framed_decoder::fail(error why) {
  if (committed_)
    why.with_kind(error_class::truncated);
  else if (why.code() == errc::limit_exceeded)
    why.with_kind(error_class::pre_content);
  failure_ = std::move(why);
  state_ = state::failed;
  return step::failed;
}

}  // namespace

std::unique_ptr<stream_decoder> make_framed_decoder(std::unique_ptr<answer_reader> reader, framing_kind kind,
                                                    const limits& bounds, bool finish_optional) {
  return std::make_unique<framed_decoder>(std::move(reader), kind, bounds, finish_optional);
}

}  // namespace cohedge::dialect
