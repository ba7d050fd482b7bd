#include "openai_chat.hpp"

#include <cohedge/dialect/error_classification.hpp>
#include <cohedge/wire/sse.hpp>

#include <utility>

namespace cohedge::dialect {
namespace {

class chunk_decoder final : public stream_decoder {
 public:
  chunk_decoder(const limits& bounds, const deviations& server, bool text_choices)
      : sse_{bounds}, reader_{text_choices}, body_limit_{bounds.body}, neutral_limit_{bounds.neutral_events},
        finish_optional_{server.finish_reason_optional()} {}

  decode_step next(std::string_view& input, delta& out) override;
  decode_step finish(delta& out) override;
  const error& failure() const noexcept override { return failure_; }

  std::string_view model() const override { return reader_.model(); }
  std::string_view id() const override { return reader_.id(); }
  bool committed() const override { return committed_; }

 private:
  enum class state : std::uint8_t { start, events, whole_body, done, failed };
  enum class malformed : std::uint8_t { fails, is_a_cut };
  using step = decode_step;

  void sniff(std::string_view& input);
  step next_event(std::string_view& input, delta& out);
  step keep_body(std::string_view& input);
  step read_event(const wire::sse_event& event, delta& out);
  step read_document(std::string_view json, delta& out, malformed means = malformed::fails);
  step read_body(delta& out);
  step read_tail(delta& out);
  step hand_out(delta& out);
  step hand_out_finish(const chunk_reader::piece& piece, delta& out);
  step finish_step(delta& out);
  step end();
  step fail(error why);

  wire::sse_parser sse_;
  chunk_reader reader_;
  std::size_t next_piece_ = 0;
  std::string body_;  // JSON or a page, where a stream was expected
  std::size_t body_limit_;
  std::size_t neutral_limit_;
  std::size_t bytes_ = 0;
  std::size_t neutral_events_ = 0;
  error failure_;
  finish_reason last_finish_ = finish_reason::none;
  std::uint32_t last_finished_ = 0;  // the choice it was said of
  state state_ = state::start;
  bool finish_optional_;
  bool committed_ = false;
  bool events_seen_ = false;
  bool usage_waits_ = false;
  bool flushed_ = false;
};

decode_step chunk_decoder::next(std::string_view& input, delta& out) {
  if (state_ == state::failed) return step::failed;
  if (state_ == state::done) return step::done;
  if (next_piece_ < reader_.pieces().size() || usage_waits_)
    if (const auto one = hand_out(out); one != step::need_more) return one;
  const auto before = input.size();
  if (state_ == state::start) sniff(input);
  auto one = state_ == state::whole_body ? keep_body(input) : next_event(input, out);
  bytes_ += before - input.size();
  if (bytes_ > body_limit_) one = fail({errc::limit_exceeded, "the stream is longer than limits.body"});
  return one;
}

// JSON or a page may come where a stream was asked for; the first byte tells.
void chunk_decoder::sniff(std::string_view& input) {
  const auto first = input.find_first_not_of(" \t\r\n");
  input.remove_prefix(first == std::string_view::npos ? input.size() : first);
  if (!input.empty())
    state_ = input.front() == '{' || input.front() == '[' || input.front() == '<' ? state::whole_body : state::events;
}

chunk_decoder::step chunk_decoder::next_event(std::string_view& input, delta& out) {
  wire::sse_event event;
  while (true) {
    const auto more = sse_.next(input, event);
    if (!more) return fail(more.error());
    if (!more.value()) return step::need_more;
    const auto one = read_event(event, out);
    if (one != step::need_more) return one;
  }
}

chunk_decoder::step chunk_decoder::keep_body(std::string_view& input) {
  if (body_.size() + input.size() > body_limit_) return fail({errc::limit_exceeded, "the body exceeds limits.body"});
  body_.append(std::exchange(input, {}));
  return step::need_more;
}

chunk_decoder::step chunk_decoder::read_event(const wire::sse_event& event, delta& out) {
  events_seen_ = true;
  if (!committed_ && ++neutral_events_ > neutral_limit_)
    return fail({errc::limit_exceeded, "too many events without content"});
  if (event.type == "error") return fail(classify_body(event.data));
  if (event.data.starts_with('{')) return read_document(event.data, out);
  const auto data = trimmed(event.data);
  if (data.empty()) return step::need_more;
  if (data == "[DONE]") return end();
  return read_document(data, out);
}

chunk_decoder::step chunk_decoder::read_document(std::string_view json, delta& out, malformed means) {
  next_piece_ = 0;
  usage_waits_ = false;
  const auto said = reader_.read(json, !committed_);
  if (said == chunk_reader::verdict::neutral) return step::need_more;
  if (said == chunk_reader::verdict::malformed && means == malformed::is_a_cut) return step::need_more;
  if (said != chunk_reader::verdict::answer) return fail(reader_error(said, json));
  usage_waits_ = reader_.counts().reported;
  return hand_out(out);
}

chunk_decoder::step chunk_decoder::hand_out(delta& out) {
  while (next_piece_ < reader_.pieces().size()) {
    const auto& piece = reader_.pieces()[next_piece_++];
    const bool call = piece.kind == delta_kind::tool_call || piece.kind == delta_kind::tool_arguments;
    if (piece.kind == delta_kind::tool_arguments && piece.text.size == 0) continue;
    out.kind = piece.kind;
    out.finish = piece.finish;
    out.choice = piece.choice;
    out.tool_index = call ? piece.tool_index : 0;
    out.usage = nullptr;
    out.text = reader_.text(piece.text);
    out.id = reader_.text(piece.id);
    out.name = reader_.text(piece.name);
    if (piece.kind == delta_kind::finish) {
      const auto one = hand_out_finish(piece, out);
      if (one == step::need_more) continue;
      return one;
    }
    committed_ = true;
    return step::event;
  }
  if (!std::exchange(usage_waits_, false)) return step::need_more;
  out = {};
  out.kind = delta_kind::usage;
  out.usage = &reader_.counts();
  return step::event;
}

// need_more: it was said before. Some servers repeat the finish reason on the chunks that follow.
chunk_decoder::step chunk_decoder::hand_out_finish(const chunk_reader::piece& piece, delta& out) {
  if (piece.finish == last_finish_ && piece.choice == last_finished_) return step::need_more;
  last_finish_ = piece.finish;
  last_finished_ = piece.choice;
  auto meaning = finish_error(piece.finish, out.name, committed_);
  return meaning.code() == errc::none ? step::event : fail(std::move(meaning));
}

decode_step chunk_decoder::finish(delta& out) {
  if (state_ == state::failed) return step::failed;
  if (state_ == state::done) return step::done;
  return finish_step(out);
}

chunk_decoder::step chunk_decoder::finish_step(delta& out) {
  if (const auto one = hand_out(out); one != step::need_more) return one;
  if (!std::exchange(flushed_, true)) {
    const auto one = state_ == state::whole_body ? read_body(out) : read_tail(out);
    if (one != step::need_more) return one;
  }
  if (reader_.all_finished()) return end();
  if (committed_ && finish_optional_) return end();
  if (committed_) return fail({errc::truncated, "the stream ended without a finish reason"});
  if (events_seen_) return fail({errc::empty_answer, "the stream ended without content"});
  return fail({errc::connection_closed, error_class::pre_content, "the stream ended before its first event"});
}

chunk_decoder::step chunk_decoder::read_body(delta& out) {
  events_seen_ = true;
  const auto size = body_.size();
  body_.append(simdjson::SIMDJSON_PADDING, ' ');
  const std::string_view body{body_.data(), size};
  if (body.front() == '<') return fail(reader_error(chunk_reader::verdict::malformed, body));
  finish_optional_ = true;  // a whole answer needs no finish reason
  return read_document(body, out);
}

// The end may cut off the empty line behind the last event, and a bare JSON error may follow the events. Half an event
// is what a cut leaves: naming that is left to finish().
chunk_decoder::step chunk_decoder::read_tail(delta& out) {
  std::string bare{trimmed(sse_.tail())};
  wire::sse_event event;
  std::string_view json;
  if (sse_.tail_event(event)) {
    json = trimmed(event.data);
    if (event.type == "error" || json == "[DONE]") return read_event(event, out);
  } else {
    const auto size = bare.size();
    bare.append(simdjson::SIMDJSON_PADDING, ' ');
    json = std::string_view{bare}.substr(0, size);
  }
  if (!json.starts_with('{')) return step::need_more;
  events_seen_ = true;
  return read_document(json, out, malformed::is_a_cut);
}

// The provider says that this is all.
chunk_decoder::step chunk_decoder::end() {
  const bool deliberate = last_finish_ != finish_reason::none && last_finish_ != finish_reason::stop;
  if (!committed_ && !deliberate) return fail({errc::empty_answer, "the stream ended without content"});
  state_ = state::done;
  return step::done;
}

chunk_decoder::step chunk_decoder::fail(error why) {
  if (committed_) why.with_kind(error_class::truncated);
  else if (why.code() == errc::limit_exceeded) why.with_kind(error_class::pre_content);
  failure_ = std::move(why);
  state_ = state::failed;
  return step::failed;
}

}  // namespace

std::unique_ptr<stream_decoder> make_chunk_decoder(const limits& bounds, const deviations& server, bool text_choices) {
  return std::make_unique<chunk_decoder>(bounds, server, text_choices);
}

}  // namespace cohedge::dialect
