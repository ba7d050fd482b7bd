// Embeddings and lists of models, as servers that speak OpenAI's API give them.

#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::padded;

namespace {

result<embeddings> vectors(std::string_view json) {
  const auto memory = padded(json);
  return openai_chat().decode_embeddings({memory.data(), json.size()});
}

result<model_list> models(std::string_view json) {
  const auto memory = padded(json);
  return openai_responses().decode_models({memory.data(), json.size()});
}

template <class Value>
std::string ended(const result<Value>& got) {
  if (got) return "none";
  return std::string{to_string(got.error().code())} + "/" + std::string{to_string(got.error().kind())};
}

std::string body(const embedding_request& ask) {
  const auto out = openai_chat().encode_embeddings(ask, "m");
  REQUIRE(out);
  CHECK(out.value().method == "POST");
  CHECK(out.value().target_suffix == "/embeddings");
  return out.value().body;
}

}  // namespace

TEST_CASE("embeddings: the request", "[dialect][embeddings]") {
  CHECK(body(embedding_request{"a\n"}) == R"({"model":"m","input":["a\n"]})");
  CHECK(body(embedding_request{std::vector<std::string>{"a", "b"}}.dimensions(64).end_user("u").purpose(embedding_purpose::query)) ==
        R"({"model":"m","input":["a","b"],"dimensions":64,"user":"u"})");
  CHECK(body(embedding_request{"a"}.dimensions(64).extra("dimensions", "1").extra("dimensions", "8").extra("encoding_format", "\"base64\"")) ==
        R"({"model":"m","input":["a"],"dimensions":8,"encoding_format":"base64"})");
  const auto& api = openai_responses();
  CHECK(api.encode_embeddings(embedding_request{"a"}, "").error().code() == errc::invalid_argument);
  CHECK(api.encode_embeddings(embedding_request{std::vector<std::string>{}}, "m").error().code() == errc::invalid_argument);
  CHECK(api.encode_embeddings(embedding_request{"a"}.extra("input", "1"), "m").error().code() == errc::invalid_argument);
  CHECK(api.encode_embeddings(embedding_request{"a"}.extra("x", "{"), "m").error().code() == errc::invalid_argument);
  CHECK(legacy_completions().encode_embeddings(embedding_request{"a"}, "m").error().code() == errc::unsupported);
}

TEST_CASE("embeddings: numbers, in the order of their indices", "[dialect][embeddings]") {
  const auto got = vectors(
      R"({"object":"list","data":[{"index":1,"embedding":[3,-4e-1]},{"object":"embedding","embedding":[1, 2.5],"index":0}],)"
      R"("model":"m1","usage":{"prompt_tokens":5,"total_tokens":5}})");
  REQUIRE(got);
  CHECK(got.value().vectors == std::vector<std::vector<float>>{{1.0F, 2.5F}, {3.0F, -0.4F}});
  CHECK(got.value().model == "m1");
  CHECK(got.value().usage.input == 5);
  CHECK(got.value().usage.reported);
  CHECK(vectors(R"({"data":[{"embedding":[1]}],"usage":{"total_tokens":12}})").value().usage.input == 12);
  // Without indices: in the order they came.
  CHECK(vectors(R"({"data":[{"embedding":[1]},{"embedding":[2]}]})").value().vectors.at(1).at(0) == 2.0F);
}

TEST_CASE("embeddings: packed", "[dialect][embeddings]") {
  // 1.0F and -0.5F, little-endian.
  CHECK(vectors(R"({"data":[{"index":0,"embedding":"AACAPwAAAL8="}]})").value().vectors.at(0) ==
        std::vector<float>{1.0F, -0.5F});
  // Perplexity's models: bytes 1, -1, 127, -128.
  CHECK(vectors(R"({"data":[{"index":0,"embedding":"Af9\/gA=="}],"model":"pplx-embed-v1-0.6b"})").value().vectors.at(0) ==
        std::vector<float>{1.0F, -1.0F, 127.0F, -128.0F});
}

TEST_CASE("embeddings: what cannot be read", "[dialect][embeddings]") {
  for (const char* json : {"{", "{}", "[]", "<html>", R"({"data":7})", R"({"data":[]})", R"({"data":[7]})",
                           R"({"data":[{"embedding":[]}]})", R"({"data":[{"embedding":["x"]}]})",
                           R"({"data":[{"embedding":[1],"index":1}]})", R"({"data":[{"embedding":[1],"index":0},{"embedding":[2],"index":0}]})",
                           R"({"data":[{"embedding":"AACAPw="}]})", R"({"data":[{"embedding":"AAAA"}]})",
                           R"({"data":[{"embedding":[1]}]}{)", R"({"data":[{"embedding":[1]})"}) {
    CAPTURE(json);
    CHECK(ended(vectors(json)) == "malformed answer/pre_content");
  }
  CHECK(ended(vectors("")) == "empty answer/pre_content");
  CHECK(ended(vectors(R"({"error":{"message":"m","code":429}})")) == "provider error/rate_limited");
}

TEST_CASE("models: lists as servers give them", "[dialect][models]") {
  const auto plain = models(R"({"object":"list","data":[{"id":"a","object":"model","created":17,"owned_by":"o"},{"id":"b"}]})");
  REQUIRE(plain);
  REQUIRE(plain.value().models.size() == 2);
  CHECK(plain.value().models[0].id == "a");
  CHECK(plain.value().models[0].owner == "o");
  CHECK(plain.value().models[0].created == 17);
  CHECK(plain.value().models[1].context_window == 0);
  CHECK(plain.value().next_page.empty());
  const auto first = [](const std::string& members) {
    const auto got = models(R"({"data":[{"id":"a",)" + members + "}]}");
    REQUIRE(got);
    return got.value().models.at(0);
  };
  CHECK(first(R"("context_window":9,"max_completion_tokens":4,"name":"A")").context_window == 9);
  CHECK(first(R"("context_window":9,"max_completion_tokens":4,"name":"A")").max_output == 4);
  CHECK(first(R"("context_window":9,"max_completion_tokens":4,"name":"A")").name == "A");
  CHECK(first(R"("context_length":8,"top_provider":{"context_length":7,"max_completion_tokens":null})").context_window == 8);
  CHECK(first(R"("capabilities":{"family":"f","limits":{"max_context_window_tokens":6,"max_output_tokens":3}})").context_window == 6);
  CHECK(first(R"("capabilities":{"family":"f","limits":{"max_context_window_tokens":6,"max_output_tokens":3}})").max_output == 3);
  CHECK(first(R"("max_model_len":5)").context_window == 5);
  CHECK(first(R"("meta":{"n_ctx":4,"n_ctx_train":40})").context_window == 4);
  CHECK(first(R"("model_spec":{"availableContextTokens":3,"name":"N"})").context_window == 3);
  CHECK(first(R"("max_context_length":2,"created":null,"owned_by":null)").context_window == 2);
  // Together's list is bare; an empty list is one.
  const auto bare = models(R"([{"id":"a","organization":"o","display_name":"A","context_length":12}])");
  REQUIRE(bare);
  CHECK(bare.value().models.at(0).owner == "o");
  CHECK(bare.value().models.at(0).name == "A");
  CHECK(models(R"({"data":[]})").value().models.empty());
}

TEST_CASE("models: the request, and what cannot be read", "[dialect][models]") {
  const auto ask = openai_chat().encode_models({});
  REQUIRE(ask);
  CHECK(ask.value().method == "GET");
  CHECK(ask.value().target_suffix == "/models");
  CHECK(ask.value().body.empty());
  CHECK(openai_chat().encode_models("2").error().code() == errc::invalid_argument);
  for (const char* json : {"{", "{}", "7", "<html>", R"({"data":7})", R"({"data":[7]})", R"([{"id":"a"}])" "{", R"({"data":[]}])"}) {
    CAPTURE(json);
    CHECK(ended(models(json)) == "malformed answer/pre_content");
  }
  CHECK(ended(models("")) == "empty answer/pre_content");
  CHECK(ended(models(R"({"detail":"Invalid API Key"})")) == "provider error/credential");
}
