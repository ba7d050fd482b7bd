#include "catch.hpp"

#include <cohedge/core/base64.hpp>
#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_check.hpp>

#include <string>
#include <vector>

using namespace cohedge;

namespace {

const dialect::surface& api() { return dialect::bedrock_converse(); }

dialect::request_bytes encoded(const chat_request& ask, std::string_view model = "amazon.titan-text-lite-v1",
                               bool stream = false) {
  auto out = api().encode(ask, model, stream, {});
  INFO((out ? std::string{} : out.error().message()));
  REQUIRE(out);
  CHECK(wire::is_json(out->body));
  return std::move(out).value();
}

std::string body_of(const chat_request& ask, std::string_view model = "amazon.titan-text-lite-v1") {
  return encoded(ask, model).body;
}

error refused(const chat_request& ask, std::string_view model = "m") {
  const auto out = api().encode(ask, model, false, {});
  REQUIRE_FALSE(out);
  return out.error();
}

const std::string hi = R"("messages":[{"role":"user","content":[{"text":"hi"}]}])";

}  // namespace

TEST_CASE("converse: the path names model and operation", "[bedrock]") {
  const chat_request ask{"hi"};
  CHECK(encoded(ask, "us.anthropic.claude-3-haiku-20240307-v1:0").target_suffix ==
        "/model/us.anthropic.claude-3-haiku-20240307-v1%3A0/converse");
  CHECK(encoded(ask, "arn:aws:bedrock:us-east-1:1:inference-profile/x", true).target_suffix ==
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream");
  CHECK(encoded(ask).method == "POST");
  CHECK(body_of(ask) == "{" + hi + "}");
}

TEST_CASE("converse: turns of one side in a row become one message, system turns the system prompt", "[bedrock]") {
  chat_request ask;
  ask.system("Be brief.").user("one").user("two").assistant("three");
  ask.add({role::developer, "Be kind."});
  ask.user("four");
  CHECK(body_of(ask) ==
        R"({"messages":[{"role":"user","content":[{"text":"one"},{"text":"two"}]},)"
        R"({"role":"assistant","content":[{"text":"three"}]},{"role":"user","content":[{"text":"four"}]}],)"
        R"("system":[{"text":"Be brief."},{"text":"Be kind."}]})");
}

TEST_CASE("converse: calls, their results and reasoning in the order in which they came", "[bedrock]") {
  message turn{role::assistant, "I look."};
  turn.reasoning.push_back({"", "hm", "sig", "", 0});
  turn.reasoning.push_back({"", "", "", "cmVk", 1});
  turn.reasoning.push_back({"", "ah", "", "", 2});
  turn.tool_calls.push_back({"t1", "look", R"({"at":"sky"})"});
  turn.tool_calls.push_back({"t2", "listen", ""});
  chat_request ask{"hi"};
  ask.add(turn).tool_result("t1", "blue").tool_result("t2", "broken", true).user("and?");
  CHECK(body_of(ask) ==
        R"({"messages":[{"role":"user","content":[{"text":"hi"}]},{"role":"assistant","content":[)"
        R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"sig"}}},{"text":"I look."},)"
        R"({"toolUse":{"toolUseId":"t1","name":"look","input":{"at":"sky"}}},)"
        R"({"reasoningContent":{"redactedContent":"cmVk"}},)"
        R"({"toolUse":{"toolUseId":"t2","name":"listen","input":{}}},)"
        R"({"reasoningContent":{"reasoningText":{"text":"ah"}}}]},{"role":"user","content":[)"
        R"({"toolResult":{"toolUseId":"t1","content":[{"text":"blue"}]}},)"
        R"({"toolResult":{"toolUseId":"t2","content":[{"text":"broken"}],"status":"error"}},{"text":"and?"}]}]})");
}

TEST_CASE("converse: images and documents, as bytes or in S3, and what is worth caching", "[bedrock]") {
  message turn{role::user, "look"};
  turn.add(part::image("PNG", "image/png").cache_here());
  turn.add(part::image_url("s3://bucket/kiwi.jpg").media_type("image/jpeg"));
  turn.add(part::file("%PDF", "application/pdf", "a_report.v2"));
  turn.add(part::file("x", "text/csv")).add(part::text("more"));
  turn.cache_here = true;
  chat_request ask;
  ask.add(turn);
  CHECK(body_of(ask) == R"({"messages":[{"role":"user","content":[{"text":"look"},)"
                        R"({"image":{"format":"png","source":{"bytes":"UE5H"}}},{"cachePoint":{"type":"default"}},)"
                        R"({"image":{"format":"jpeg","source":{"s3Location":{"uri":"s3://bucket/kiwi.jpg"}}}},)"
                        R"({"document":{"format":"pdf","name":"a-report-v2","source":{"bytes":"JVBERg=="}}},)"
                        R"({"document":{"format":"csv","name":"document","source":{"bytes":"eA=="}}},{"text":"more"},)"
                        R"({"cachePoint":{"type":"default"}}]}]})");
  for (const auto& piece : {part::image_url("https://x/y.png").media_type("image/png"), part::audio("x", "audio/wav"),
                            part::image("x", "image/tiff"), part::file_id("f")}) {
    message bad{role::user, "x"};
    bad.add(piece);
    chat_request with;
    with.add(bad);
    CHECK(refused(with).code() == errc::unsupported);
    with.drop_unsupported();
    const auto out = encoded(with);
    CHECK(out.body == R"({"messages":[{"role":"user","content":[{"text":"x"}]}]})");
    CHECK(out.dropped.size() == 1);
  }
}

TEST_CASE("converse: tools and which of them to call", "[bedrock]") {
  chat_request ask{"hi"};
  tool strict{"a", "does a", R"({"type":"object"})"};
  strict.strict = true;
  strict.cache_here = true;
  ask.tool(strict).tool({"b", "", ""});
  const std::string tools = R"("tools":[{"toolSpec":{"name":"a","description":"does a","inputSchema":{"json":)"
                            R"({"type":"object"}},"strict":true}},{"cachePoint":{"type":"default"}},)"
                            R"({"toolSpec":{"name":"b","inputSchema":{"json":{"type":"object","properties":{}}}}}])";
  CHECK(body_of(ask) == "{" + hi + R"(,"toolConfig":{)" + tools + "}}");
  const std::vector<std::pair<std::string, std::string>> rows{
      {"auto", R"({"auto":{}})"}, {"required", R"({"any":{}})"}, {"b", R"({"tool":{"name":"b"}})"}};
  for (const auto& [choice, json] : rows) {
    ask.tool_choice(choice);
    CHECK(body_of(ask) == "{" + hi + R"(,"toolConfig":{)" + tools + R"(,"toolChoice":)" + json + "}}");
  }
  ask.tool_choice("none");
  CHECK(body_of(ask) == "{" + hi + "}");
  message called{role::assistant, ""};
  called.tool_calls.push_back({"t", "a", "{}"});
  ask.add(called).tool_result("t", "1");
  CHECK(refused(ask).code() == errc::unsupported);
}

TEST_CASE("converse: sampling, output and the rest", "[bedrock]") {
  chat_request ask{"hi"};
  ask.max_tokens(10).temperature(0.5).top_p(0.9).stop("|").stop("#");
  ask.response_schema(R"({"type":"object"})", "point").service_tier("priority").metadata("team", "a");
  CHECK(body_of(ask) ==
        "{" + hi +
            R"(,"inferenceConfig":{"maxTokens":10,"temperature":0.5,"topP":0.9,"stopSequences":["|","#"]},)"
            R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":)"
            R"({"schema":"{\"type\":\"object\"}","name":"point"}}}},)"
            R"("serviceTier":{"type":"priority"},"requestMetadata":{"team":"a"}})");
}

TEST_CASE("converse: what the model is told in its own words", "[bedrock]") {
  const auto with = [](auto set) {
    chat_request ask{"hi"};
    set(ask);
    return ask;
  };
  const auto effort = [&](std::string level) { return with([&](chat_request& ask) { ask.reasoning_effort(level); }); };
  const auto budget = [&](std::uint32_t n) { return with([&](chat_request& ask) { ask.reasoning_budget(n); }); };
  const auto top_k = with([](chat_request& ask) { ask.top_k(5); });
  struct row {
    chat_request ask;
    std::string model, rest;
  };
  const std::string fields = R"(,"additionalModelRequestFields":)";
  const std::vector<row> rows{
      {top_k, "anthropic.claude-x", fields + R"({"top_k":5})"},
      {top_k, "us.amazon.nova-lite-v1:0", fields + R"({"inferenceConfig":{"topK":5}})"},
      {budget(2000), "eu.anthropic.claude-x", fields + R"({"thinking":{"type":"enabled","budget_tokens":2000}})"},
      {budget(0), "anthropic.claude-x", fields + R"({"thinking":{"type":"disabled"}})"},
      {effort("none"), "anthropic.claude-x", fields + R"({"thinking":{"type":"disabled"}})"},
      {effort("high"), "anthropic.claude-x", R"(,"outputConfig":{"effort":"high"})"},
      {effort("low"), "us.amazon.nova-2-lite-v1:0",
       fields + R"({"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}})"},
      {effort("none"), "us.amazon.nova-2-lite-v1:0", fields + R"({"reasoningConfig":{"type":"disabled"}})"},
      {effort("low"), "openai.gpt-oss-120b-1:0", fields + R"({"reasoning_effort":"low"})"},
  };
  for (const auto& [ask, model, rest] : rows) {
    INFO(model);
    CHECK(body_of(ask, model) == "{" + hi + rest + "}");
  }
}

TEST_CASE("converse: extra members win over ours", "[bedrock]") {
  chat_request ask{"hi"};
  ask.max_tokens(10).top_k(3).extra("inferenceConfig", R"({"maxTokens":5})");
  ask.extra("additionalModelRequestFields", R"({"k":1})").extra("guardrailConfig", "{}");
  CHECK(body_of(ask) == "{" + hi +
                            R"(,"inferenceConfig":{"maxTokens":5},"additionalModelRequestFields":{"k":1},)"
                            R"("guardrailConfig":{}})");
}

TEST_CASE("converse: what it cannot express is named, or dropped and noted", "[bedrock]") {
  chat_request ask{"hi"};
  ask.seed(1).frequency_penalty(1).presence_penalty(1).choices(2).logprobs().parallel_tool_calls(false).json();
  ask.reasoning_budget(5).show_reasoning(false).cache_key("k").end_user("u");
  message named{role::user, "x"};
  named.name = "Ann";
  ask.add(named);
  const auto why = refused(ask);
  CHECK(why.code() == errc::unsupported);
  for (const auto* what :
       {"seed", "frequency_penalty", "presence_penalty", "more than one answer", "logprobs", "parallel_tool_calls",
        "JSON without a schema", "reasoning budget", "show_reasoning", "cache_key", "end_user", "names of speakers"}) {
    INFO(what);
    CHECK(why.message().find(what) != std::string::npos);
  }
  ask.drop_unsupported();
  const auto out = encoded(ask);
  CHECK(out.dropped.size() == 12);
  CHECK(out.body == R"({"messages":[{"role":"user","content":[{"text":"hi"},{"text":"x"}]}]})");
}

TEST_CASE("converse: requests that are wrong are refused before they are sent", "[bedrock]") {
  chat_request only_system;
  only_system.system("x");
  CHECK(refused(only_system).code() == errc::invalid_argument);
  CHECK(refused(chat_request{}).code() == errc::invalid_argument);
  CHECK(refused(chat_request{"hi"}, "").code() == errc::invalid_argument);
  for (const auto* arguments : {"[1]", "{", "\"x\"", "{}x"}) {
    message turn{role::assistant, ""};
    turn.tool_calls.push_back({"t", "look", arguments});
    chat_request ask{"hi"};
    ask.add(turn);
    CHECK(refused(ask).code() == errc::invalid_argument);
  }
}

TEST_CASE("converse: counting tokens sends what makes up the prompt", "[bedrock]") {
  chat_request ask{"hi"};
  ask.system("s").tool({"a", "", ""}).max_tokens(5).seed(1);
  const auto out = api().encode_count(ask, "m:0", {});
  REQUIRE(out);
  CHECK(out->target_suffix == "/model/m%3A0/count-tokens");
  CHECK(out->body == R"({"input":{"converse":{)" + hi +
                         R"(,"system":[{"text":"s"}],"toolConfig":{"tools":[{"toolSpec":{"name":"a",)"
                         R"("inputSchema":{"json":{"type":"object","properties":{}}}}}]}}}})");
  const std::string answer = R"({"inputTokens":42})" + std::string(64, ' ');
  CHECK(api().decode_count({answer.data(), 18}).value() == 42);
  const std::string other = R"({"input":"x"})" + std::string(64, ' ');
  CHECK(api().decode_count({other.data(), 13}).error().code() == errc::malformed_answer);
}

TEST_CASE("converse: checking asks for a model that nobody has", "[bedrock]") {
  const auto probe = api().check();
  CHECK(probe.method == "POST");
  CHECK(wire::is_json(probe.body));
  const auto verdict = [](int status, std::string_view type, std::string_view body) {
    wire::header_block headers;
    headers.add("x-amzn-ErrorType", type);
    return api().check_answer(status, headers, body);
  };
  CHECK(verdict(400, "ValidationException:http://internal/",
                R"({"message":"The provided model identifier is invalid."})"));
  CHECK(verdict(404, "ResourceNotFoundException", R"({"message":"gone"})"));
  const auto wrong_key =
      verdict(403, "UnrecognizedClientException:x", R"({"message":"The security token is invalid."})");
  REQUIRE_FALSE(wrong_key);
  CHECK(wrong_key.error().kind() == error_class::credential);
  CHECK(verdict(429, "ThrottlingException", "{}").error().kind() == error_class::rate_limited);
  CHECK(verdict(503, "ServiceUnavailableException", "{}").error().kind() == error_class::transient);
}

TEST_CASE("bedrock: embeddings of Titan and Cohere", "[bedrock]") {
  const auto titan = api().encode_embeddings(embedding_request{"one"}.dimensions(256), "amazon.titan-embed-text-v2:0");
  REQUIRE(titan);
  CHECK(titan->target_suffix == "/model/amazon.titan-embed-text-v2%3A0/invoke");
  CHECK(titan->body == R"({"inputText":"one","dimensions":256})");
  const embedding_request two{std::vector<std::string>{"one", "two"}};
  CHECK(api().encode_embeddings(two, "amazon.titan-embed-text-v1").error().code() == errc::unsupported);
  auto ask = two;
  ask.purpose(embedding_purpose::query).extra("truncate", R"("END")");
  const auto cohere = api().encode_embeddings(ask, "cohere.embed-multilingual-v3");
  REQUIRE(cohere);
  CHECK(cohere->body == R"({"texts":["one","two"],"input_type":"search_query","truncate":"END"})");
  CHECK(api().encode_embeddings(embedding_request{std::vector<std::string>{}}, "m").error().code() ==
        errc::invalid_argument);

  const auto decode = [](std::string body) {
    const auto size = body.size();
    body.append(64, ' ');
    return api().decode_embeddings({body.data(), size});
  };
  const auto one = decode(R"({"embedding":[0.5,-1,2],"inputTextTokenCount":3})");
  REQUIRE(one);
  CHECK(one->vectors == std::vector<std::vector<float>>{{0.5F, -1.0F, 2.0F}});
  CHECK(one->usage.input == 3);
  for (const auto* body :
       {R"({"embeddings":[[1],[2,3]],"texts":["a","b"]})", R"({"embeddings":{"float":[[1],[2,3]]}})"}) {
    const auto both = decode(body);
    REQUIRE(both);
    CHECK(both->vectors == std::vector<std::vector<float>>{{1.0F}, {2.0F, 3.0F}});
    CHECK_FALSE(both->usage.reported);
  }
  for (const auto* body :
       {"", "{}", R"({"embedding":["x"]})", R"({"embeddings":[1]})", "[", R"({"embeddings":{"int8":[[1]]}})"})
    CHECK(decode(body).error().code() == errc::malformed_answer);
}

TEST_CASE("bedrock: Claude through InvokeModel", "[bedrock]") {
  const auto& invoke = dialect::bedrock_invoke();
  chat_request ask{"hi"};
  ask.max_tokens(10).temperature(0.5);
  const auto whole = invoke.encode(ask, "us.anthropic.claude-haiku-4-5-20251001-v1:0", false, {});
  REQUIRE(whole);
  CHECK(whole->target_suffix == "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke");
  CHECK(whole->body.find(R"("anthropic_version":"bedrock-2023-05-31")") != std::string::npos);
  CHECK(whole->body.find(R"("max_tokens":10)") != std::string::npos);
  const auto streamed = invoke.encode(ask, "m", true, {});
  REQUIRE(streamed);
  CHECK(streamed->target_suffix == "/model/m/invoke-with-response-stream");
  for (const auto* member : {"\"model\"", "\"stream\""}) CHECK(streamed->body.find(member) == std::string::npos);

  const auto count = invoke.encode_count(ask, "m", {});
  REQUIRE(count);
  CHECK(count->target_suffix == "/model/m/count-tokens");
  std::string sent{R"({"input":{"invokeModel":{"body":")"};
  append_base64(sent, invoke.encode(ask, "m", false, {})->body);
  CHECK(count->body == sent + "\"}}}");
}
