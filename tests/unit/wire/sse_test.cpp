#include "catch.hpp"
#include "conform/cuts.hpp"
#include "conform/peeked.hpp"

#include <cohedge/wire/sse.hpp>

#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::wire;
using namespace std::string_literals;
using tests::cutting;
using tests::cuttings;
using tests::feed;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

struct seen {
  std::vector<std::string> events;  // "type|data|id"
  std::string tail, tail_event;
  errc fault = errc::none;
  std::optional<std::uint64_t> retry;

  bool operator==(const seen&) const = default;
};

std::string text_of(const sse_event& e) {
  return std::string{e.type} + "|" + std::string{e.data} + "|" + std::string{e.last_id};
}

enum class reads : bool { by_next, peeking };

seen read(std::string_view input, const cutting& cut, const limits& bounds, reads how) {
  sse_parser parser{bounds};
  seen out;
  feed(input, cut, [&](std::string_view piece) {
    for (;;) {
      sse_event event;
      if (how == reads::peeking && tests::take_peeked(parser, piece, event)) {
        out.events.push_back(text_of(event));
        continue;
      }
      const auto more = parser.next(piece, event);
      if (more.has_error()) out.fault = more.error().code();
      if (more.has_error()) return false;
      if (!more.value()) {
        CHECK(piece.empty());
        return true;
      }
      out.events.push_back(text_of(event));
    }
  });
  out.tail = parser.tail();
  out.retry = parser.retry();
  sse_event event;
  if (parser.tail_event(event)) out.tail_event = text_of(event);
  CHECK_FALSE(parser.tail_event(event));
  return out;
}

/// In both ways, which must see the same.
seen read(std::string_view input, const cutting& cut = {}, const limits& bounds = {}) {
  auto out = read(input, cut, bounds, reads::by_next);
  CHECK(read(input, cut, bounds, reads::peeking) == out);
  return out;
}

}  // namespace

TEST_CASE("sse: blocks and fields, however the bytes are cut") {
  using list = std::vector<std::string>;
  const std::vector<std::pair<std::string, list>> rows{
      {"data: a\n\ndata: b\n\n", {"|a|", "|b|"}},
      {"data:a\n\ndata:  b\n\n", {"|a|", "| b|"}},
      {"data: a\r\n\r\ndata: b\r\n\r\n", {"|a|", "|b|"}},
      {"data: a\r\rdata: b\r\r", {"|a|", "|b|"}},
      {"data: a\rdata: b\n\r\n", {"|a\nb|"}},
      {"data: a\r\ndata: b\ndata\n\n", {"|a\nb\n|"}},
      {"data: x\ry: z\n\n", {"|x|"}},
      {"data: a\r\n\r\ndata: b\r\n\ndata: c\n\r\ndata: d\n\r", {"|a|", "|b|", "|c|", "|d|"}},
      {"data: a\n\nevent: x\ndata: b\n\nevent: y\r\ndata: c\r\n\r\ndata: d\n\n", {"|a|", "x|b|", "y|c|", "|d|"}},
      {"data: a\n\nevent: x\ry\ndata: b\rz\n\nevent: w\nid: 1\ndata: c\n\n", {"|a|", "x|b|", "w|c|1"}},
      {"data: a\n\nevent: x\nevent: y\ndata: b\n\nevent: \ndata: \n\ndata: c\n\n", {"|a|", "y|b|", "||", "|c|"}},
      {"event: ping\ndata: {}\n\ndata: n\n\n", {"ping|{}|", "|n|"}},
      {"data: {}\nevent: late\n\n", {"late|{}|"}},
      {"event: a\nevent: b\ndata: 1\n\n", {"b|1|"}},
      {"event: a\nevent:\ndata: 1\n\n", {"|1|"}},
      {"event: lost\n\ndata: 1\n\n", {"|1|"}},
      {"id: 7\ndata: 1\n\ndata: 2\n\nid\ndata: 3\n\n", {"|1|7", "|2|7", "|3|"}},
      {"id: 7\n\nid: a\0b\ndata: 1\n\n"s, {"|1|7"}},
      {": comment\n\n:408: 408 Request Timeout\n\ndata: 1\n\n", {"|1|"}},
      {"\n\n\n\ndata: 1\n\n\n\n", {"|1|"}},
      {"\xEF\xBB\xBF"
       "data: 1\n\n\xEF\xBB\xBF"
       "data: 2\n\ndata: 3\n\n",
       {"|1|", "|3|"}},
      {"\xEF\xBB"
       "data: 1\n\ndata: 2\n\n",
       {"|2|"}},
      {"\xEF\xBB\n\ndata: 2\n\n", {"|2|"}},
      {"data: \xff\xC3(\n\n", {"|\xff\xC3(|"}},
      {"Data: 1\n\ndatas: 2\n\n data: 3\n\ndat: 4\n\n", {}},
      {"error: {\"code\":500}\n\ndata: 1\n\n", {"error|{\"code\":500}|", "|1|"}},
      {"data: partial\nevent: x\nerror: a\nerror: b\ndata: more\nevent: y\n\ndata: 1\n\n", {"error|a\nb|", "|1|"}},
      {"errors: no\n\n", {}},
  };
  for (const auto& [input, events] : rows) {
    for (const cutting& cut : cuttings({}, 21)) {
      INFO(input << " (" << cut.name << ")");
      const auto got = read(input, cut);
      CHECK(got.fault == errc::none);
      CHECK(got.events == events);
      CHECK(got.tail_event == "");
    }
  }
}

TEST_CASE("sse: a block cut off by the end of the stream is kept") {
  struct row {
    std::string input, tail, event;
  };
  const std::vector<row> rows{
      {"data: 1\n\n", "", ""},
      {"data: 1\n\ndata: 2\n", "2", "|2|"},
      {"data: 1\n\ndata: 2", "2", "|2|"},
      {"event: x\nid: 9\ndata: {\"a\":1}", "{\"a\":1}", "x|{\"a\":1}|9"},
      {"data: 1\ndata: 2", "1", "|1\n2|"},
      {"error: {}", "{}", "error|{}|"},
      {"{\"error\":\"x\"}", "{\"error\":\"x\"}", ""},
      {": comment", "", ""},
      {"event: x\n", "", ""},
      {"data: 1\r", "1", "|1|"},
  };
  for (const row& r : rows) {
    for (const cutting& cut : cuttings({}, 22)) {
      INFO(r.input << " (" << cut.name << ")");
      const auto got = read(r.input, cut);
      CHECK(got.tail == r.tail);
      CHECK(got.tail_event == r.event);
    }
  }
}

TEST_CASE("sse: retry is digits alone") {
  CHECK(read("retry: 1500\n\n").retry == 1500);
  CHECK(read("retry: 1500\nretry: 2s\nretry:\nretry: -1\nretry: 99999999999999999999999\n\n").retry == 1500);
  CHECK_FALSE(read("retry: x\n\n").retry);
}

TEST_CASE("sse: a CR at the end of a read ends its line at once") {
  sse_parser parser;
  sse_event event;
  std::string_view input{"data: 1\r\n\r"};
  REQUIRE(parser.next(input, event).value());
  CHECK(event.data == "1");
  input = "\ndata: 2\r";
  CHECK_FALSE(parser.next(input, event).value());
  input = "\r";
  REQUIRE(parser.next(input, event).value());
  CHECK(event.data == "2");
}

TEST_CASE("sse: a whole block is handed out without a copy") {
  const std::string text = "event: delta\r\ndata: {\"a\":1}\r\n\r\ndata: {\"b\":2}\n\n";
  sse_parser parser;
  sse_event event;
  std::string_view input{text};
  REQUIRE(parser.next(input, event).value());
  CHECK(event.type.data() == text.data() + 7);
  CHECK(event.data.data() == text.data() + text.find("{\"a"));
  REQUIRE(parser.next(input, event).value());
  CHECK(event.data.data() == text.data() + text.find("{\"b"));
}

TEST_CASE("sse: what is peeked at begins where the data of the next block does") {
  sse_parser parser;
  std::string_view type, data;
  const auto peeks = [&](std::string_view input) { return parser.peek(input, type, data); };
  const auto reads = [&](std::string_view input) {
    sse_event event;
    return parser.next(input, event).value();
  };
  CHECK_FALSE(peeks("data: a\n\n"));  // there may be a byte order mark
  REQUIRE(reads("data: a\n\n"));
  CHECK(parser.block_end() == "\n\n");
  const std::string text = "event: delta\ndata: {}\n\ndata: b\n\n";
  REQUIRE(peeks(text));
  CHECK(type == "delta");
  CHECK(data.data() == text.data() + 19);
  CHECK(data == "{}\n\ndata: b\n\n");
  REQUIRE(peeks("data: a"));
  CHECK(type.empty());
  for (const auto* other :
       {"", "data:a\n\n", "event: x", "event: x\rdata: a\n\n", ": c\n\n", "error: a\n\n", "\ndata: a\n\n"})
    CHECK_FALSE(peeks(other));
  for (const auto* begun : {"event: x\n", "data: a\n", "dat", ": c"}) {
    INFO(begun);
    REQUIRE_FALSE(reads(begun));
    CHECK_FALSE(peeks("data: a\n\n"));
    reads("\n\n");
    CHECK(peeks("data: a\n\n"));
  }
  REQUIRE(reads("data: a\r\n\r\n"));
  CHECK(parser.block_end() == "\r\n\r\n");
  CHECK(peeks("data: a\r\n\r\n"));
}

TEST_CASE("sse: collected data has 64 readable bytes after it") {
  for (std::size_t size : {1U, 15U, 16U, 100U, 5000U}) {
    sse_parser parser;
    sse_event event;
    const std::string first = "data: " + std::string(size, 'x');
    std::string_view input{first};
    CHECK_FALSE(parser.next(input, event).value());
    input = "\ndata: y\n\n";
    REQUIRE(parser.next(input, event).value());
    CHECK(event.data == std::string(size, 'x') + "\ny");
    unsigned sum = 0;
    for (int i = 0; i < 64; ++i) sum += static_cast<unsigned char>(*(event.data.data() + event.data.size() + i));
    CHECK(sum <= 64 * 255);  // the sanitizer is the judge
  }
}

TEST_CASE("sse: a parser moved in the middle of a block goes on") {
  for (std::size_t at = 0; at < 30; ++at) {
    const std::string text = "event: e\nid: 1\ndata: ab\ndata: c\n\n";
    sse_parser first;
    sse_event event;
    std::string_view input = std::string_view{text}.substr(0, at);
    REQUIRE_FALSE(first.next(input, event).value());
    sse_parser second{std::move(first)};
    input = std::string_view{text}.substr(at);
    REQUIRE(second.next(input, event).value());
    CHECK(text_of(event) == "e|ab\nc|1");
  }
}

TEST_CASE("sse: limits hold at their value and fail one beyond") {
  limits line;
  line.sse_line = 10;
  limits event;
  event.sse_event = 5;
  for (const cutting& cut : cuttings({}, 23)) {
    INFO(cut.name);
    CHECK(read("data: 1234\n\n", cut, line).events == std::vector<std::string>{"|1234|"});
    CHECK(read("data: 12345\n\n", cut, line).fault == errc::limit_exceeded);
    CHECK(read("data: a\n\ndata: 1234\r\n\r\n", cut, line).events == std::vector<std::string>{"|a|", "|1234|"});
    CHECK(read("data: a\n\ndata: 12345\n\n", cut, line).fault == errc::limit_exceeded);
    CHECK(read("data: a\n\nevent: 1234\ndata: b\n\n", cut, line).fault == errc::limit_exceeded);
    CHECK(read("data: a\n\ndata: 12345\n\n", cut, event).events == std::vector<std::string>{"|a|", "|12345|"});
    CHECK(read("data: a\n\ndata: 123456\n\n", cut, event).fault == errc::limit_exceeded);
    CHECK(read("data: 12345", cut, line).fault == errc::limit_exceeded);
    CHECK(read(":comment xx\n\n", cut, line).fault == errc::limit_exceeded);
    CHECK(read("data: 12345\n\n", cut, event).events == std::vector<std::string>{"|12345|"});
    CHECK(read("data: 123456\n\n", cut, event).fault == errc::limit_exceeded);
    CHECK(read("data: 12\ndata: 34\n\n", cut, event).events == std::vector<std::string>{"|12\n34|"});
    CHECK(read("data: 12\ndata: 345\n\n", cut, event).fault == errc::limit_exceeded);
    CHECK(read("data\ndata\ndata\ndata\ndata\ndata\ndata\n", cut, event).fault == errc::limit_exceeded);
  }
  sse_parser parser{line};
  sse_event out;
  std::string_view input{"data: 12345\n\ndata: 1\n\n"};
  CHECK(parser.next(input, out).has_error());
  const auto again = parser.next(input, out);
  REQUIRE(again.has_error());
  CHECK(contains(std::string{again.error().detail()}, "more than 10 bytes"));
  CHECK_FALSE(parser.tail_event(out));
}
