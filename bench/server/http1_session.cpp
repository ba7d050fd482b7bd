#include "session.hpp"

#include <strings.h>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace bench {

namespace {

std::string head_with(const std::vector<header_field>& fields, const char* further, std::size_t answer = 0) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (const auto& field : fields) head.append(field.name).append(": ").append(field.value_in(answer)).append("\r\n");
  return head.append(further).append("\r\n");
}

std::string as_chunks(std::span<const std::string> events) {
  std::string all;
  for (const auto& event : events) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", event.size());
    all.append(size).append(event).append("\r\n");
  }
  return all;
}

/// All answers as bytes.
struct http1_answers {
  explicit http1_answers(const answers& says)
      : burst{stream_head(says) + as_chunks(says.burst) + "0\r\n\r\n"},
        paced_start{stream_head(says) + as_chunks(says.paced_start())},
        paced_event{as_chunks(says.paced_event())},
        paced_end{as_chunks(says.paced_end()) + "0\r\n\r\n"} {
    for (const auto& body : says.wholes) wholes.push_back(head_with(says.whole_fields, "", wholes.size()) + body);
  }

  static std::string stream_head(const answers& says) {
    return head_with(says.stream_fields, "transfer-encoding: chunked\r\n");
  }

  std::vector<std::string> wholes;
  std::string burst, paced_start, paced_event, paced_end;
};

std::size_t content_length(std::string_view head) {
  static constexpr std::string_view name = "content-length:";
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    if (head.size() - at - 2 < name.size()) return 0;
    if (strncasecmp(head.data() + at + 2, name.data(), name.size()) == 0)
      return std::strtoul(head.data() + at + 2 + name.size(), nullptr, 10);
  }
  return 0;
}

/// Parses just enough of a request to find its end.
class http1_session final : public session {
 public:
  http1_session(const shared_state& all, std::uint64_t connection)
      : all_{all}, says_{answers_of(all.says)}, connection_{connection} {}

  bool take(std::string_view arrived) override {
    if (!in_.empty()) {
      in_.append(arrived);
      arrived = in_;
    }
    const auto used = answer_all(arrived);
    if (!used) return false;
    std::string rest{arrived.substr(*used)};
    in_.swap(rest);
    return true;
  }

  std::string_view pending() override { return out_; }
  void sent(std::size_t size) override { out_.remove_prefix(size); }

  bool feed(std::int32_t) override {
    if (paced_left_ == 0) return false;
    const bool ends = --paced_left_ == 0;
    // A client that does not keep up with its pace misses events.
    if (out_.empty()) out_ = ends ? says_.paced_end : says_.paced_event;
    return !ends;
  }

 private:
  static const http1_answers& answers_of(const answers& says) {
    static const http1_answers all{says};  // there is one server in a program
    return all;
  }

  /// Answers every request that is there whole; the bytes they took, or nothing when the client pipelines.
  std::optional<std::size_t> answer_all(std::string_view arrived) {
    std::size_t used = 0;
    for (;;) {
      const auto one = arrived.substr(used);
      const auto end = one.find("\r\n\r\n");
      if (end == std::string_view::npos) return used;
      const auto body = end + 4;
      const auto size = body + content_length(one.substr(0, end));
      if (one.size() < size) return used;
      used += size;
      if (!out_.empty() || paced_left_ > 0) return std::nullopt;
      answer(one.substr(body, size - body));
    }
  }

  void answer(std::string_view body) {
    ++all_.count.requests;
    if (!asks_for_stream(body)) {
      out_ = says_.wholes[all_.count.requests % says_.wholes.size()];
    } else if (!all_.pace.on()) {
      out_ = says_.burst;
    } else {
      out_ = says_.paced_start;
      paced_left_ = all_.pace.events() + 1;
      all_.pace.begin({connection_, 0});
    }
  }

  const shared_state& all_;
  const http1_answers& says_;
  std::uint64_t connection_;
  std::string in_;        // of a request that has not arrived whole
  std::string_view out_;  // what is left to be sent of one of says_
  std::size_t paced_left_ = 0;
};

}  // namespace

std::unique_ptr<session> make_http1_session(const shared_state& all, std::uint64_t connection) {
  return std::make_unique<http1_session>(all, connection);
}

}  // namespace bench
