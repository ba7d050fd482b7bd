#include "http1_peer.hpp"

#include "http1_case.hpp"

namespace cohedge::tests {

http1_peer::http1_peer(std::string_view method, bool first_only) : method_{method}, first_only_{first_only} {
  parser_.begin(method_);
}

bool http1_peer::give(std::string_view piece) {
  while (!fault_ && !piece.empty()) {
    if (ended_ && first_only_) return false;
    if (ended_) begin_next();
    if (!fault_) take(piece);
  }
  return !fault_;
}

void http1_peer::close() {
  if (fault_ || ended_) return;
  const auto step = parser_.finish();
  if (step.has_error()) fault_ = step.error();
}

std::vector<int> http1_peer::statuses() const {
  auto all = statuses_;
  if (!head_seen_) all.insert(all.end(), parser_.interim().begin(), parser_.interim().end());
  return all;
}

int http1_peer::complete_messages() const {
  return complete_ + static_cast<int>(ended_ ? 0 : parser_.interim().size());
}

std::string http1_peer::body() const {
  std::string all;
  for (const auto& each : answers_) all.append(each.body);
  return without_line_ends(all);
}

std::string http1_peer::header(std::string_view name) const {
  return std::string{parser_.headers().find(name).value_or("")};
}

void http1_peer::begin_next() {
  if (!parser_.keep_alive()) {
    fault_.emplace(errc::protocol_error, "bytes after the last response of the connection");
    return;
  }
  parser_.begin(method_);
  ended_ = head_seen_ = false;
}

void http1_peer::take(std::string_view& piece) {
  while (!ended_) {
    const auto step = parser_.next(piece);
    if (step.has_error()) {
      fault_ = step.error();
      return;
    }
    switch (step.value()) {
      case wire::http1_step::need_more: return;
      case wire::http1_step::head:
        statuses_ = statuses();
        statuses_.push_back(parser_.status());
        answers_.push_back({{}, header("content-encoding"), header("transfer-encoding")});
        head_seen_ = true;
        break;
      case wire::http1_step::body: answers_.back().body.append(parser_.body()); break;
      case wire::http1_step::end: complete_ += 1 + static_cast<int>(parser_.interim().size()); ended_ = true;
    }
  }
}

}  // namespace cohedge::tests
