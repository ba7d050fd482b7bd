// Recorded requests for vectors and for counts of tokens, encoded anew; and that what differs is reported.

#include "catch.hpp"
#include "replay/place.hpp"
#include "replay/recordings.hpp"
#include "replay/request_reading.hpp"
#include "replay/request_replay.hpp"

#include <algorithm>

using namespace cohedge;
using cohedge::tests::purpose;
using cohedge::tests::recording;

namespace {

recording asked(std::string surface, std::string provider, std::string url, std::string body) {
  recording one;
  one.id = "made";
  one.surface = std::move(surface);
  one.provider = std::move(provider);
  one.method = "POST";
  one.url = std::move(url);
  one.request_body = std::move(body);
  one.status = 200;
  one.framing = "json";
  return one;
}

std::string first_failure(const recording& one) {
  const auto report = tests::replay_requests({one});
  return report.failures.empty() ? std::string{} : report.failures.front();
}

}  // namespace

TEST_CASE("recorded requests for vectors and counts are what our dialects make of the same question",
          "[replay][recorded]") {
  auto all = tests::recordings();
  if (all.empty()) return;
  std::erase_if(all, [](const recording& each) {
    const auto asks = tests::place_of(each).asks;
    return asks != purpose::embeddings && asks != purpose::count;
  });
  const auto report = tests::replay_requests(all);
  for (const auto& failure : report.failures) UNSCOPED_INFO(failure);
  const auto total = report.total();
  CHECK(total.failed == 0);
  CHECK(total.same + total.awaiting + total.differ == 35);
  CHECK(total.same == 32);
  CHECK(total.differ == 3);  // a picture's vector, a search of Google's among the tools, Cohere's version 1
}

TEST_CASE("requests of the same meaning are the same, any other difference is reported", "[replay]") {
  const auto vectors = [](const char* url, const char* body) {
    return first_failure(asked("embeddings", "openai", url, body));
  };
  CHECK(vectors("https://a.test/v1/embeddings", R"({"model":"m","input":"text"})") == "");
  CHECK(vectors("https://a.test/v1/embeddings?v=1", R"({"input":["a","b"],"model":"m","own":{"x":[1]}})") == "");
  CHECK(vectors("https://a.test/v1/embed", R"({"model":"m","input":"text"})").find("path: ") != std::string::npos);
  // A picture among the texts is lost, and that must be seen.
  CHECK(vectors("https://a.test/v1/embeddings", R"({"model":"m","input":[{"image":"x"}]})")
            .find("/input/0: want {\"image\":\"x\"}") != std::string::npos);

  const auto chat = [](const char* body) {
    auto one = asked("openai.chat", "openai", "https://a.test/v1/chat/completions", body);
    one.body = R"({"choices":[]})";
    return first_failure(one);
  };
  CHECK(chat(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]})") == "");
  CHECK(chat(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a","weight":2}]}]})")
            .find("/messages/0/content/0/weight: missing, want 2") != std::string::npos);
}

TEST_CASE("a URL names the model", "[replay]") {
  CHECK(tests::model_in("https://a.test/v1beta/models/m-1:countTokens?key=x") == "m-1");
  CHECK(tests::model_in("https://a.test/publishers/anthropic/models/m@2025:rawPredict") == "m@2025");
  CHECK(tests::model_in("https://a.test/model/us.m-v1%3A0/converse") == "us.m-v1:0");
  CHECK(tests::model_in("https://a.test/v1/chat/completions") == "");
}

TEST_CASE("our path is the end of the recorded one", "[replay]") {
  CHECK(tests::same_path("https://a.test/v1/models/m:countTokens?key=x", "/models/m:countTokens"));
  CHECK(tests::same_path("https://a.test/model/m%3A0/converse", "/model/m:0/converse"));
  CHECK(tests::same_path("https://a.test/v1/chat/completions#stream", "/chat/completions"));
  CHECK_FALSE(tests::same_path("https://a.test/v1/chat/completion", "/chat/completions"));
}
