#include <cohedge/testing/scripted_response.hpp>

#include <cohedge/wire/http1.hpp>

#include "splitmix.hpp"

namespace cohedge::testing {

scripted_response::scripted_response(int status, std::string body) : status_{status} {
  this->body(std::move(body));
}

scripted_response& scripted_response::header(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
  return *this;
}

scripted_response& scripted_response::body(std::string bytes) {
  if (!bytes.empty()) body_.push_back({std::exchange(waits_, duration{}), std::move(bytes)});
  return *this;
}

scripted_response& scripted_response::event_lines(std::string lines) {
  events_ = true;
  return body(std::move(lines));
}

scripted_response& scripted_response::event(std::string_view data) {
  return event_lines(std::string{"data: "}.append(data).append("\n\n"));
}

scripted_response& scripted_response::event(std::string_view name, std::string_view data) {
  return event_lines(std::string{"event: "}.append(name).append("\ndata: ").append(data).append("\n\n"));
}

scripted_response& scripted_response::in_pieces(std::size_t size, duration every) {
  piece_size_ = size;
  piece_every_ = every;
  return *this;
}

std::string scripted_response::head() const {
  const auto how = framing_.value_or(events_ ? framing::chunked : framing::content_length);
  std::vector<wire::header> fields;
  bool typed = false;
  for (const auto& [name, value] : headers_) {
    fields.push_back({name, value});
    typed = typed || wire::equals_ignore_case(name, "content-type");
  }
  const std::string_view type = content_type_ ? std::string_view{*content_type_}
                                : events_     ? std::string_view{"text/event-stream"}
                                              : std::string_view{"application/json"};
  if (!typed && !type.empty() && !body_.empty()) fields.push_back({"Content-Type", type});
  const bool closes = end_ == script_end::closes || how == framing::until_close;
  if (closes) fields.push_back({"Connection", "close"});
  std::size_t size = 0;
  for (const auto& each : body_) size += each.bytes.size();

  std::string text;
  const auto length = how == framing::chunked || bodiless() ? std::nullopt : std::optional{size};
  if (const auto written = wire::write_response_head(text, status_, fields, length); !written)
    return "HTTP/1.1 500 Script Error\r\nConnection: close\r\nX-Script-Error: this head cannot be written\r\n\r\n";
  if (how == framing::until_close && !bodiless()) {
    const auto line = text.find("Content-Length: ");
    text.erase(line, text.find("\r\n", line) + 2 - line);
  }
  return text;
}

void scripted_response::write_body(byte_script& out) const {
  const bool chunked = framing_.value_or(events_ ? framing::chunked : framing::content_length) == framing::chunked;
  std::string framed;
  for (const auto& each : body_) {
    out.wait(each.wait);
    framed.clear();
    if (chunked)
      wire::write_chunk(framed, each.bytes);
    else
      framed = each.bytes;
    out.send(framed);
  }
  out.wait(waits_);
  if (!chunked || !last_chunk_) return;
  framed.clear();
  wire::write_last_chunk(framed);
  out.send(framed);
}

void scripted_response::apply_faults(byte_script& out, std::uint64_t seed) const {
  if (framing_ == framing::until_close) out.end(script_end::closes);
  if (end_ != script_end::stays_open) out.end(end_);
  if (unannounced_) out.end(*unannounced_);
  if (cut_) out.cut(cut_->after, cut_->how);
  if (cut_message_) out.cut_message(cut_message_->after, cut_message_->how);
  if (piece_size_ > 0) out.in_pieces(piece_size_, piece_every_);
  if (random_pieces_ > 0) out.in_random_pieces(seed, random_pieces_);
}

byte_script scripted_response::script(std::uint64_t seed, bool to_head) const {
  byte_script out;
  out.wait(latency_);
  if (garbage_ > 0) {
    splitmix random{seed};
    std::string noise(garbage_, '\0');
    for (auto& byte : noise) byte = static_cast<char>(random() & 0xff);
    out.send(std::move(noise));
  } else if (raw_) {
    out.send(*raw_);
  } else {
    out.send(head()).body_begins();
    if (!to_head && !bodiless()) write_body(out);
  }
  apply_faults(out, seed);
  return out;
}

}  // namespace cohedge::testing
