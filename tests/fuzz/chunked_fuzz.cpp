// Chunked bodies. Two oracles: the grammar of RFC 9112 §7.1, read here in the plainest way, must agree with the parser
// on any bytes; and a body that was encoded in chunks, with extensions and trailers, must come out as it was. The first
// byte chooses which, the second one of the cuttings.

#include "target.hpp"

#include "conform/cuts.hpp"

#include <cohedge/wire/http1.hpp>

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>

namespace cohedge::fuzz {
namespace {

struct message {
  std::string body;
  std::size_t size = 0;  // of the encoded body
  bool operator==(const message&) const = default;
};

// A reader of the grammar: one rule a function, true where the rule holds for what comes next.
class grammar {
 public:
  explicit grammar(std::string_view text) : text_{text} {}

  std::optional<message> chunked_body() {
    message out;
    for (std::uint64_t size = 1; size > 0;) {
      if (!chunk_size(size) || !chunk_extensions() || !literal("\r\n")) return std::nullopt;
      if (size > text_.size() - at_) return std::nullopt;
      out.body.append(text_.substr(at_, size));
      at_ += size;
      if (size > 0 && !literal("\r\n")) return std::nullopt;
    }
    while (!literal("\r\n"))
      if (!field_line()) return std::nullopt;
    out.size = at_;
    return out;
  }

 private:
  template <class Test>
  std::size_t many(Test test) {
    const auto from = at_;
    while (at_ < text_.size() && test(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ - from;
  }
  bool literal(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }
  bool token() {
    constexpr std::string_view marks{"!#$%&'*+-.^_`|~"};
    return many([marks](unsigned char c) {
             return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    marks.find(static_cast<char>(c)) != std::string_view::npos;
           }) > 0;
  }
  void blanks() {
    many([](unsigned char c) { return c == ' ' || c == '\t'; });
  }
  static bool visible(unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }

  bool chunk_size(std::uint64_t& size) {
    const auto from = at_;
    many([](unsigned char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    });
    const auto read = std::from_chars(text_.data() + from, text_.data() + at_, size, 16);
    if (read.ec == std::errc::result_out_of_range) size = std::numeric_limits<std::uint64_t>::max();
    return at_ > from;
  }
  bool chunk_extensions() {
    for (auto end = at_;; end = at_) {
      blanks();
      if (!literal(";")) {
        at_ = end;
        return true;
      }
      blanks();
      if (!token()) return false;
      const auto after_name = at_;
      blanks();
      if (!literal("=")) {
        at_ = after_name;
        continue;
      }
      blanks();
      if (!token() && !quoted_string()) return false;
    }
  }
  bool quoted_string() {
    if (!literal("\"")) return false;
    while (!literal("\"")) {
      literal("\\");
      if (at_ == text_.size() || !visible(static_cast<unsigned char>(text_[at_++]))) return false;
    }
    return true;
  }
  bool field_line() {
    if (!token() || !literal(":")) return false;
    many(visible);
    return literal("\r\n");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<message> parsed(std::string_view encoded, const tests::cutting& cut) {
  limits bounds;
  bounds.chunk_extension = bounds.trailer_block = std::numeric_limits<std::size_t>::max() / 2;
  wire::response_parser parser{bounds};
  parser.begin("POST");
  std::string_view head{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"};
  require(parser.next(head).value() == wire::http1_step::head);
  message out;
  bool complete = false;
  tests::feed(encoded, cut, [&](std::string_view piece) {
    const auto given = piece.size();
    auto step = parser.next(piece);
    for (; step.has_value() && step.value() == wire::http1_step::body; step = parser.next(piece))
      out.body.append(parser.body());
    out.size += given - piece.size();
    complete = step.has_value() && step.value() == wire::http1_step::end;
    return step.has_value() && !complete;
  });
  if (!complete) return std::nullopt;
  return out;
}

void append_chunk(std::string& out, std::string_view data, choices& in) {
  constexpr std::array<std::string_view, 7> extensions{
      "", ";a", ";a=b", " ; a = \"q; \\\"\\\\\" ;b", ";a=\"\"", "\t;x\t=\ty;z", ";q=\"\t\xff\""};
  constexpr std::array<std::string_view, 4> zeros{"", "0", "00", "00000000000000000"};
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, data.size(), 16).ptr;
  std::string size{digits, end};
  if (in.below(2) == 1)
    for (char& c : size) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  out.append(zeros[in.below(zeros.size())]).append(size).append(extensions[in.below(extensions.size())]);
  out.append("\r\n").append(data);
  if (!data.empty()) out.append("\r\n");
}

void check_encoded(choices& in, const tests::cutting& cut) {
  constexpr std::array<std::string_view, 3> trailers{"", "T: 1\r\n", "a:\r\nB-c:\t x \xff\r\n"};
  message expected;
  std::string encoded, plain;
  while (!in.empty()) {
    const auto data = in.bytes(1 + in.below(40));
    if (data.empty()) break;
    expected.body.append(data);
    append_chunk(encoded, data, in);
    wire::write_chunk(plain, data);
  }
  append_chunk(encoded, {}, in);
  encoded.append(trailers[in.below(trailers.size())]).append("\r\n");
  wire::write_last_chunk(plain);
  for (const auto& each : {encoded, plain}) {
    expected.size = each.size();
    require(grammar{each}.chunked_body() == expected);
    require(parsed(each, {}) == expected);
    require(parsed(each + "HTTP", cut) == expected);
  }
}

void run(std::string_view bytes) {
  choices in{bytes};
  const bool encode = in.below(2) == 1;
  const tests::cutting cut{"", {1 + in.below(32), 1 + in.below(8)}};
  if (encode) return check_encoded(in, cut);
  const auto text = in.rest();
  const auto expected = grammar{text}.chunked_body();
  for (const auto& each : {tests::cutting{}, {"", {1}}, cut}) require(parsed(text, each) == expected);
}

const registered here{"chunked", &run};

}  // namespace
}  // namespace cohedge::fuzz
