#pragma once

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

[[noreturn]] inline void broken(const char* what) { throw std::runtime_error{what}; }

/// Reads what a server answers, with one simdjson parser. All texts must have simdjson's padding behind them; both give
/// the bytes of text in it.
class answer_reader {
 public:
  /// One event of a stream, without "data: ".
  std::size_t event(std::string_view data) {
    if (data == "[DONE]") return 0;
    simdjson::ondemand::document document;
    simdjson::ondemand::array choices;
    if (parser_.iterate(data.data(), data.size(), data.size() + simdjson::SIMDJSON_PADDING).get(document) ||
        document["choices"].get_array().get(choices))
      broken("an event that is no completion chunk");
    for (auto choice : choices) {
      std::string_view text;
      if (choice["delta"]["content"].get_string().get(text)) return 0;  // finish: no content
      return text.size();
    }
    std::uint64_t tokens = 0;  // without choices: the usage
    if (document["usage"]["total_tokens"].get_uint64().get(tokens) || tokens == 0) broken("a chunk without choices");
    return 0;
  }

  std::size_t whole(std::string_view body) {
    simdjson::ondemand::document document;
    std::string_view text;
    std::uint64_t tokens = 0;
    if (parser_.iterate(body.data(), body.size(), body.size() + simdjson::SIMDJSON_PADDING).get(document) ||
        document["choices"].at(0)["message"]["content"].get_string().get(text))
      broken("a body that is no completion");
    const auto size = text.size();
    if (document["usage"]["total_tokens"].get_uint64().get(tokens) || tokens == 0) broken("an answer without usage");
    return size;
  }

 private:
  simdjson::ondemand::parser parser_;
};

/// Server-sent events out of pieces: whole lines, and what is left over for the next piece. What `on_data` is given has
/// simdjson's padding behind it.
class event_splitter {
 public:
  /// `piece` has padding behind it: one that is just one event is not copied.
  template <class OnData>
  void feed(std::string_view piece, OnData&& on_data) {
    if (rest_.empty() && is_one_event(piece))
      on_data(piece.substr(6, piece.size() - 8));
    else
      feed_copy(piece, on_data);
  }

  template <class OnData>
  void feed_copy(std::string_view piece, OnData&& on_data) {
    rest_.append(piece);
    std::size_t used = 0;
    for (;;) {
      const auto* end = static_cast<const char*>(std::memchr(rest_.data() + used, '\n', rest_.size() - used));
      if (!end) break;
      const std::string_view line{rest_.data() + used, static_cast<std::size_t>(end - rest_.data()) - used};
      used += line.size() + 1;
      if (!line.starts_with("data: ")) continue;
      rest_.reserve(rest_.size() + simdjson::SIMDJSON_PADDING);
      on_data(std::string_view{rest_.data() + used - line.size() - 1 + 6, line.size() - 6});
    }
    rest_.erase(0, used);
  }

 private:
  /// The shape that servers send: "data: …\n\n" and nothing else in the chunk.
  static bool is_one_event(std::string_view piece) {
    return piece.starts_with("data: ") && piece.ends_with("\n\n") &&
           std::memchr(piece.data(), '\n', piece.size()) == piece.data() + piece.size() - 2;
  }

  std::string rest_;
};

}  // namespace bench
