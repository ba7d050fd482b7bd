#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

lines deltas(const std::string& body) {
  auto got = run_stream(ollama_generate(), body);
  if (got.failure) got.deltas.push_back("error " + got.failure->message());
  return got.deltas;
}

std::string body(const chat_request& ask, bool stream = false) {
  auto out = ollama_generate().encode(ask, "q", stream, {});
  REQUIRE(out);
  CHECK(out.value().target_suffix == "/api/generate");
  CHECK(wire::is_json(out.value().body));
  return out.value().body;
}

}  // namespace

TEST_CASE("ollama generate: a prompt, and what goes along with it", "[dialect][encode][ollama]") {
  CHECK(body(chat_request{"hi"}) == R"({"model":"q","prompt":"hi","stream":false})");
  CHECK(body(chat_request{"hi"}, true) == R"({"model":"q","prompt":"hi","stream":true})");

  chat_request talk{"hi"};
  talk.system("Be short.").add(message{role::assistant, "hello"}).add(message{role::user, "and?"});
  talk.add(message{role::developer, "In French."});
  CHECK(body(talk) == R"({"model":"q","prompt":"user: hi\n\nassistant: hello\n\nuser: and?\n\nassistant:",)"
                      R"("system":"Be short.\n\nIn French.","stream":false})");

  message picture{role::user, "def f():"};
  picture.add(part::image("abc", "image/png"));
  chat_request full;
  full.add(picture).max_tokens(5).temperature(0).stop("\n").json().reasoning_effort("none");
  full.extra("suffix", "\"return x\"").extra("raw", "true").extra("options", R"({"num_ctx":9})");
  CHECK(body(full) == R"({"model":"q","prompt":"def f():","images":["YWJj"],"stream":false,"format":"json",)"
                      R"("options":{"num_predict":5,"temperature":0,"stop":["\n"],"num_ctx":9},"think":false,)"
                      R"("suffix":"return x","raw":true})");
}

TEST_CASE("ollama generate: what a prompt cannot say", "[dialect][encode][ollama]") {
  chat_request tools{"hi"};
  tools.tool({"f", "", "{}"});
  const auto refused = ollama_generate().encode(tools, "q", false, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::unsupported);
  CHECK(refused.error().message().find("tools") != std::string::npos);
  const auto dropped = ollama_generate().encode(tools.drop_unsupported(), "q", false, {});
  REQUIRE(dropped);
  CHECK(dropped.value().dropped == lines{"tools in a prompt without turns"});
  CHECK(dropped.value().body.find("tools") == std::string::npos);
}

TEST_CASE("ollama generate: answers, whole and streamed", "[dialect][stream][ollama]") {
  const std::string done = R"({"model":"q","response":"","done":true,"done_reason":"length","context":[1,2],)"
                           R"("prompt_eval_count":7,"eval_count":3})";
  CHECK(deltas(R"({"model":"q","response":"","thinking":"hm","done":false})" "\n"
               R"({"model":"q","response":"a","done":false})" "\n"
               R"({"model":"q","response":"b","done":false})" "\n" + done + "\n") ==
        lines{"reasoning hm", "text a", "text b", "finish length", "usage 7 3"});
  CHECK(deltas(R"({"model":"q","response":"a","done":false})" "\n").back().starts_with("error"));
  CHECK(deltas(R"({"response":"a"})" "\n" R"({"error":"out of memory"})" "\n").back().find("out of memory") !=
        std::string::npos);

  const auto whole = decode_whole(ollama_generate(), R"({"model":"q","response":"ab","thinking":"hm","done":true,)"
                                                     R"("done_reason":"stop","prompt_eval_count":7,"eval_count":3})");
  REQUIRE(whole);
  CHECK(whole.value().text() == "ab");
  CHECK(whole.value().reasoning() == "hm");
  CHECK(whole.value().usage().total == 10);
  CHECK_FALSE(decode_whole(ollama_generate(), R"({"error":"model 'q' not found"})"));
}
