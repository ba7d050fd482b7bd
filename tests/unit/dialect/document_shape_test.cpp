#include "catch.hpp"

#include "dialect/chunk_reader.hpp"
#include "dialect/document_shape.hpp"
#include "dialect/gemini_reader.hpp"
#include "dialect/json_text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using cohedge::dialect::chunk_reader;
using cohedge::dialect::said_counts;
using cohedge::dialect::usage_count;

namespace {

/// Whose documents have no type and, unless told, no counts.
struct document_shape {
  cohedge::dialect::document_shape real;
  said_counts counts;  // of the document recognized last

  bool learn(std::string_view json, std::string_view token, const said_counts& of_it = {}) {
    return real.learn({{}, json}, {token, {}}, of_it);
  }
  void forget() { real.forget(); }
  /// The text of a document that is recognized; alone, and as the beginning of what has only been peeked at, if it lies
  /// on one line.
  std::optional<std::string> match(std::string_view json) {
    cohedge::dialect::document_shape::strings found;
    std::string text;
    const std::string more = std::string{json} + "\n\ndata: x";
    const auto size = real.match({{}, more, "\n\n"}, found, counts);
    CHECK((size == 0 || size == json.size() + 2));
    const bool matched = real.match({{}, json}, found, counts) > 0;
    if (json.find_first_of("\r\n") == json.npos) CHECK(matched == (size > 0));
    if (!matched || !cohedge::dialect::append_text(found.text, text)) return std::nullopt;
    return text;
  }
};

// What a reader made of a document, as text.
std::string description(const chunk_reader& reader, chunk_reader::verdict verdict) {
  std::string all = std::to_string(static_cast<int>(verdict)) + (reader.all_finished() ? " finished" : "");
  for (const auto& piece : reader.pieces())
    all += " [" + std::to_string(static_cast<int>(piece.kind)) + "," + std::to_string(piece.choice) + "," +
           std::to_string(static_cast<int>(piece.finish)) + ",\"" + std::string{reader.text(piece.text)} + "\"," +
           std::string{reader.text(piece.name)} + "]";
  if (reader.counts().reported)
    all += " tokens " + std::to_string(reader.counts().output) + " of " + std::to_string(reader.counts().total);
  return all + " " + reader.id() + " " + reader.model() + " " + reader.service_tier();
}

std::string with_padding(std::string_view json) {
  return std::string{json} + std::string(simdjson::SIMDJSON_PADDING, ' ');
}

std::string said(chunk_reader& reader, std::string_view json) {
  const auto memory = with_padding(json);
  return description(reader, reader.next({{}, {memory.data(), json.size()}}, true));
}

std::string said_by_whole(chunk_reader& reader, std::string_view json) {
  const auto memory = with_padding(json);
  return description(reader, reader.whole({memory.data(), json.size()}));
}

std::string chunk(std::string_view text, std::string_view rest = R"(},"finish_reason":null}])",
                  std::string_view index = "0") {
  return R"({"id":"a","model":"m","choices":[{"index":)" + std::string{index} + R"(,"delta":{"content":")" +
         std::string{text} + "\"" + std::string{rest} + "}";
}

std::string padded(std::string_view text, std::string_view padding) {
  return chunk(text, R"(},"finish_reason":null}],"obfuscation":")" + std::string{padding} + "\"");
}

}  // namespace

TEST_CASE("a shape recognizes the same document with another text") {
  const auto first = padded("one", "xx");
  document_shape shape;
  shape.learn(first, std::string_view{first}.substr(first.find("\"one\""), 5));
  CHECK(shape.match(padded("two", "yyyy")) == "two");
  CHECK(shape.match(padded("z\xC3\xBCrich", "")) == "z\xC3\xBCrich");
  CHECK_FALSE(shape.match(padded("", "xx")));       // says nothing
  CHECK(shape.match(padded("t\\n\\\"\\u00e9", "xx")) == "t\n\"\xC3\xA9");
  CHECK_FALSE(shape.match(padded("t\\q", "xx")));   // no escape
  CHECK_FALSE(shape.match(padded("t\\\n", "xx")));  // no JSON
  CHECK_FALSE(shape.match(padded("t\\\xFF", "xx")));
  CHECK_FALSE(shape.match(padded("t\n", "xx")));    // no JSON
  CHECK_FALSE(shape.match(padded("\xC3(", "xx")));  // no UTF-8
  CHECK(shape.match(padded("two", "x\\\"")) == "two");
  CHECK_FALSE(shape.match(padded("two", "x\\")));
  CHECK_FALSE(shape.match(padded("two", "xx") + "}"));  // something behind
  CHECK_FALSE(shape.match(chunk("two")));
  CHECK_FALSE(shape.match(padded(R"(two","more":")", "xx")));
  const auto whole = padded("two", "yy");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) CHECK_FALSE(shape.match(std::string_view{whole}.substr(0, cut)));
  shape.forget();
  CHECK_FALSE(shape.match(first));
}

TEST_CASE("a shape finds the end of a document that is only peeked at") {
  const auto json = chunk("one");
  cohedge::dialect::document_shape shape;
  shape.learn({{}, json}, {std::string_view{json}.substr(json.find("\"one\""), 5), {}}, {});
  said_counts counts;
  cohedge::dialect::document_shape::strings found;
  const auto size_of = [&](const std::string& data, std::string_view end) {
    return shape.match({{}, data, end}, found, counts);
  };
  CHECK(size_of(json + "\n\n", "\n\n") == json.size() + 2);
  CHECK(size_of(json + "\r\n\r\ndata: ", "\r\n\r\n") == json.size() + 4);
  for (const auto* behind : {"", "\n", "\nx", " \n\n", "}\n\n", "\r\n\r\n", "\ndata: \n\n"})
    CHECK(size_of(json + behind, "\n\n") == 0);
  for (std::size_t cut = 0; cut < json.size() + 2; ++cut) CHECK(size_of((json + "\n\n").substr(0, cut), "\n\n") == 0);
}

TEST_CASE("a shape with a line end in it is no shape for a framing by lines") {
  for (const auto* line_end : {"\n", "\r"}) {
    const auto json = chunk("one", std::string{"}"} + line_end + R"(,"finish_reason":null}])");
    cohedge::dialect::document_shape shape;
    shape.learn({{}, json}, {std::string_view{json}.substr(json.find("\"one\""), 5), {}}, {});
    said_counts counts;
    cohedge::dialect::document_shape::strings found;
    CHECK(shape.match({{}, json}, found, counts) == json.size());
    CHECK(shape.match({{}, json + "\n\n", "\n\n"}, found, counts) == 0);
  }
}

TEST_CASE("a shape knows a document by its type too") {
  const auto json = chunk("one");
  const auto token = std::string_view{json}.substr(json.find("\"one\""), 5);
  cohedge::dialect::document_shape shape;
  shape.learn({"delta", json}, {token, {}}, {});
  said_counts counts;
  cohedge::dialect::document_shape::strings found;
  CHECK(shape.match({"delta", json}, found, counts) == json.size());
  CHECK(found.text == "\"one\"");
  CHECK(shape.match({"delt", json}, found, counts) == 0);
  CHECK(shape.match({"deltas", json}, found, counts) == 0);
  CHECK(shape.match({"", json}, found, counts) == 0);
}

TEST_CASE("a shape gives the id too, where it may be another") {
  const std::string_view first{R"({"id":"a","t":"one"})"};
  const cohedge::dialect::document_shape::strings in{first.substr(14, 5), first.substr(6, 3)};
  cohedge::dialect::document_shape shape;
  said_counts counts;
  cohedge::dialect::document_shape::strings found;
  REQUIRE(shape.learn({{}, first}, in, {}));
  REQUIRE(shape.match({{}, R"({"id":"bcd","t":"two"})"}, found, counts) > 0);
  CHECK(found.id == "\"bcd\"");
  CHECK(found.text == "\"two\"");
  CHECK(shape.match({{}, R"({"id":"","t":"two"})"}, found, counts) == 0);
  CHECK(shape.match({{}, R"({"id":1,"t":"two"})"}, found, counts) == 0);
  REQUIRE(shape.learn({{}, first}, {in.text, {}}, {}));
  CHECK(shape.match({{}, R"({"id":"bcd","t":"two"})"}, found, counts) == 0);
}

TEST_CASE("a shape gives the counts that a document has, where they are whole numbers") {
  const auto event = [](std::string_view text, std::string_view output, std::string_view cached) {
    return R"({"t":")" + std::string{text} + R"(","usage":{"output":)" + std::string{output} + R"( ,"cached":)" +
           std::string{cached} + "}}";
  };
  const auto first = event("one", "9", "0") + std::string(simdjson::SIMDJSON_PADDING, ' ');
  const auto size = event("one", "9", "0").size();
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document json;
  simdjson::ondemand::object usage;
  simdjson::ondemand::value output, cached;
  REQUIRE(parser.iterate(first.data(), size, first.size()).get(json) == simdjson::SUCCESS);
  REQUIRE(json["usage"].get_object().get(usage) == simdjson::SUCCESS);
  said_counts counts;
  counts.begin();
  REQUIRE(usage["output"].get(output) == simdjson::SUCCESS);
  counts.read(usage_count::output, output);
  REQUIRE(usage["cached"].get(cached) == simdjson::SUCCESS);
  counts.read(usage_count::cached, cached);
  document_shape shape;
  REQUIRE(shape.learn(std::string_view{first}.substr(0, size), std::string_view{first}.substr(5, 5), counts));
  CHECK(shape.match(event("two", "1234567890123456789", "10")) == "two");
  CHECK(shape.counts.any());
  CHECK(shape.counts[usage_count::output] == 1234567890123456789);
  CHECK(shape.counts[usage_count::cached] == 10);
  CHECK(shape.counts[usage_count::input] == 0);
  CHECK(shape.match(event("two", "0", "0")) == "two");
  CHECK(shape.counts[usage_count::output] == 0);
  for (const auto* bad : {"", "-1", "1.5", "1e3", "01", "00", "null", "\"1\"", "12345678901234567890", "1 1", "{}"}) {
    INFO(bad);
    CHECK_FALSE(shape.match(event("two", bad, "0")));
    CHECK_FALSE(shape.match(event("two", "0", bad)));
  }
}

TEST_CASE("a shape does not mind values that nobody reads") {
  const auto event = [](std::string_view number, std::string_view time, std::string_view text) {
    return R"({"sequence_number": )" + std::string{number} + R"(,"delta":")" + std::string{text} + R"(","created_at":")" +
           std::string{time} + R"(","token_id":)" + std::string{number} + "}";
  };
  const auto first = event("9", "10:00", "one");
  document_shape shape;
  shape.learn(first, std::string_view{first}.substr(first.find("\"one\""), 5));
  CHECK(shape.match(event("10", "10:01", "two")) == "two");
  CHECK(shape.match(event("10", "", "two")) == "two");
  CHECK_FALSE(shape.match(event("", "10:01", "two")));
  CHECK_FALSE(shape.match(event("1.5", "10:01", "two")));
  CHECK_FALSE(shape.match(event("null", "10:01", "two")));
  CHECK_FALSE(shape.match(event("10", "a\nb", "two")));
  CHECK_FALSE(shape.match(event("10", "10:01", "two") + "}"));
}

TEST_CASE("a shape does not mind spaces before the last brace") {
  const auto event = [](std::string_view text, std::size_t spaces, std::string_view behind = "}") {
    return R"({"delta":{"text":")" + std::string{text} + "\"}" + std::string(spaces, ' ') + std::string{behind};
  };
  for (const std::size_t spaces : {0U, 3U}) {
    const auto first = event("one", spaces);
    document_shape shape;
    shape.learn(first, std::string_view{first}.substr(first.find("\"one\""), 5));
    CHECK(shape.match(event("two", 0)) == "two");
    CHECK(shape.match(event("two", 12)) == "two");
    CHECK_FALSE(shape.match(event("two", 3, ",\"index\":1}")));
    CHECK_FALSE(shape.match(event("two", 3, "}}")));
    CHECK_FALSE(shape.match(event("two", 3, "")));
    CHECK_FALSE(shape.match(event("two", 3, "\t}")));
    CHECK_FALSE(shape.match(event("two", 3, "} ")));
  }
  const std::string_view number_last{R"({"t":"one","created":12})"};
  document_shape shape;
  shape.learn(number_last, number_last.substr(5, 5));
  CHECK(shape.match(R"({"t":"three","created":345})") == "three");
  CHECK(shape.match(R"({"t":"three","created":345   })") == "three");
  CHECK_FALSE(shape.match(R"({"t":"three","created":   })"));
}

TEST_CASE("a shape is not learned for ever where no document is like the last") {
  document_shape shape;
  const auto document = [](int i) { return R"({"n)" + std::to_string(i) + R"(":0,"t":"x"})"; };
  int recognized = 0;
  for (int i = 0; i < 100; ++i) {
    const auto one = document(i);
    shape.learn(one, std::string_view{one}.substr(one.find("\"x\""), 3));
    recognized += shape.match(one + "") ? 1 : 0;
  }
  CHECK(recognized == 100);  // each is like itself, so it was never in vain
  for (int i = 0; i < 100; ++i) {
    const auto one = document(i);
    shape.learn(one, std::string_view{one}.substr(one.find("\"x\""), 3));
    CHECK_FALSE(shape.match(document(i + 1)));
  }
  const auto one = document(1);
  shape.learn(one, std::string_view{one}.substr(one.find("\"x\""), 3));
  CHECK_FALSE(shape.match(one));
}

TEST_CASE("a reader that has learned a shape reads every document like one that has not") {
  const std::vector<std::string> documents{
      chunk("plain"),
      chunk("and"),
      chunk("again"),
      chunk(""),
      chunk("after nothing"),
      chunk("esc\\u00e9"),
      chunk("b\\\""),
      chunk("\xE4\xBD\xA0"),
      chunk("\xFF"),
      chunk("tab\t"),
      chunk("other choice", R"(},"finish_reason":null}])", "1"),
      chunk("back"),
      padded("one", "x"),
      padded("two", "yyy"),
      padded("three", "\\\""),
      padded("four", ""),
      chunk("said twice", R"(,"content":"more"},"finish_reason":null}])"),
      chunk("said twice", R"(,"content":"more"},"finish_reason":null}])"),
      chunk("reasoned", R"(,"reasoning":"why"},"finish_reason":null}])"),
      chunk("reasoned", R"(,"reasoning":"why"},"finish_reason":null}])"),
      chunk("counted", R"(},"finish_reason":null}],"usage":{"completion_tokens":3})"),
      chunk("counted", R"(},"finish_reason":null}],"usage":{"completion_tokens":4})"),
      chunk("counted", R"(},"finish_reason":null}],"usage":{"completion_tokens":04})"),
      chunk("counted", R"(},"finish_reason":null}],"usage":{"completion_tokens":null})"),
      chunk("counted", R"(},"finish_reason":null}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":4})"),
      chunk("counted", R"(},"finish_reason":null}],"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11})"),
      chunk("counted twice", R"(},"finish_reason":null,"usage":{"completion_tokens":1}}],"usage":{"completion_tokens":2})"),
      chunk("counted twice", R"(},"finish_reason":null,"usage":{"completion_tokens":3}}],"usage":{"completion_tokens":0})"),
      chunk("member twice", R"(},"finish_reason":null}],"usage":{"completion_tokens":3,"completion_tokens":2})"),
      chunk("member twice", R"(},"finish_reason":null}],"usage":{"completion_tokens":1,"completion_tokens":5})"),
      chunk("quoted", R"(},"finish_reason":null}],"note":"\"obfuscation\":\"x")"),
      chunk("quoted", R"(},"finish_reason":null}],"note":"\"obfuscation\":\"y")"),
      chunk("timed", R"(},"finish_reason":null}],"created":12)"),
      chunk("timed", R"(},"finish_reason":null}],"created":13)"),
      chunk("timed", R"(},"finish_reason":null}],"created":"13")"),
      chunk("timed", R"(},"finish_reason":null}],"created":{"p":1})"),
      chunk("list\"}", "]"),
      chunk("end", R"(},"finish_reason":"stop"}])"),
      chunk("end", R"(},"finish_reason":"stop"}])"),
      chunk("behind the end"),
      chunk("cut").substr(0, 40),
      chunk("tail") + "{}",
      R"({"error":{"message":"no"}})",
      chunk("last")};
  // Every pair in a row, so that each document meets every shape.
  for (const auto& before : documents) {
    for (const auto& after : documents) {
      chunk_reader warm{false}, cold{false};
      const std::vector<std::string> row{before, before, after, after};
      for (const auto& json : row) {
        INFO(json);
        const auto by_warm = said(warm, json);
        cold = chunk_reader{false};
        // It must know what was opened and named before, but not what it looked like.
        for (const auto* earlier = row.data(); earlier != &json; ++earlier) {
          said(cold, *earlier);
          cold.forget_shape();
        }
        CHECK(by_warm == said(cold, json));
      }
    }
  }
}

TEST_CASE("a whole answer is recognized with its own text, id and counts, and as nothing else") {
  const auto answer = [](std::string_view id, std::string_view text, std::string_view tokens, std::string_view rest = "") {
    return R"({"id":")" + std::string{id} + R"(","created":12,"model":"m","choices":[{"index":0,"message":{"content":")" +
           std::string{text} + R"("},"finish_reason":"stop"}],"usage":{"completion_tokens":)" + std::string{tokens} + "}" +
           std::string{rest} + "}";
  };
  const std::vector<std::string> answers{
      answer("a", "one", "3"),
      answer("b", "another text", "40"),
      answer("a\\u00e9\\\"", "escaped \\n", "0"),
      answer("a\\q", "no escape", "1"),
      answer("", "no id", "1"),
      answer("c", "", "1"),
      answer("d", "counts twice", "1", R"(,"usage":{"completion_tokens":9})"),
      answer("e", "id twice", "1", R"(,"id":"f")"),
      answer("g", "wrong count", "-1"),
      answer("h", "cut", "1").substr(0, 60),
      R"({"error":{"message":"no"}})",
      answer("i", "a tier", "2", R"(,"service_tier":"flex")"),
      answer(std::string(5000, 'i'), std::string(9000, 't'), "2"),
      answer(std::string(5000, 'j'), std::string(9001, 'u'), "2")};
  for (const auto& before : answers) {
    for (const auto& after : answers) {
      chunk_reader warm{false}, cold{false};
      said_by_whole(warm, before);
      INFO(before << " then " << after);
      CHECK(said_by_whole(warm, after) == said_by_whole(cold, after));
      CHECK(said_by_whole(warm, after) == said_by_whole(cold, after));
    }
  }
  chunk_reader reader{false};
  said_by_whole(reader, answers[0]);
  CHECK(reader.pieces().at(0).text.at == 0);
  said_by_whole(reader, answers[1]);
  CHECK(reader.pieces().at(0).text.at > 0);  // behind what the remembered one said: it was recognized, not read
}

TEST_CASE("the counts of a recognized whole answer are its own, even where they are none") {
  const auto answer = [](std::string_view text, std::string_view tokens) {
    return R"({"candidates":[{"content":{"parts":[{"text":")" + std::string{text} +
           R"("}]},"finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":)" + std::string{tokens} + "}}" +
           std::string(simdjson::SIMDJSON_PADDING, ' ');
  };
  cohedge::dialect::gemini_reader reader;
  for (const auto* tokens : {"7", "0", "12"}) {
    const auto one = answer(tokens, tokens);
    reader.whole(std::string_view{one}.substr(0, one.size() - simdjson::SIMDJSON_PADDING));
    CHECK(std::to_string(reader.counts().total) == tokens);
  }
}
