#include "catch.hpp"

#include <cohedge/dialect/surface.hpp>

#include <set>

using namespace cohedge::dialect;

TEST_CASE("surfaces are found by the names they give themselves", "[dialect]") {
  std::set<std::string_view> names;
  for (const auto* each : surfaces()) {
    CHECK(names.insert(each->name()).second);
    CHECK(surface_named(each->name()) == each);
  }
  CHECK(surface_named("openai.chat") == &openai_chat());
  CHECK_FALSE(surface_named("openai"));
  CHECK_FALSE(surface_named(""));
}

TEST_CASE("what a surface can say is found out by asking it", "[dialect]") {
  struct row {
    std::string_view name;
    capability_set has;  // text, images, tools, structured output, reasoning, embeddings, models, token count
  };
  const row rows[] = {
      {"openai.chat", {true, true, true, true, true, true, true, false}},
      {"legacy.completions", {true, false, false, false, false, false, false, false}},
      {"anthropic.messages", {true, true, true, true, true, false, true, true}},
      {"anthropic.vertex", {true, true, true, true, true, false, false, true}},
      {"bedrock.converse", {true, true, true, true, true, true, false, true}},
      {"bedrock.invoke", {true, true, true, true, true, true, false, true}},
      {"gemini.generateContent", {true, true, true, true, true, true, true, true}},
      {"bedrock.converse", {true, true, true, true, true, true, false, true}},
      {"cohere.v2.chat", {true, true, true, true, true, true, true, false}},
      {"ollama.chat", {true, true, true, true, true, true, true, false}},
      {"ollama.generate", {true, true, false, true, true, true, true, false}},
      {"vertex.generateContent", {true, true, true, true, true, true, false, true}},
  };
  for (const auto& each : rows) {
    INFO(each.name);
    const auto* api = surface_named(each.name);
    REQUIRE(api);
    const auto has = api->capabilities();
    CHECK(has.text == each.has.text);
    CHECK(has.images == each.has.images);
    CHECK(has.tools == each.has.tools);
    CHECK(has.structured_output == each.has.structured_output);
    CHECK(has.reasoning == each.has.reasoning);
    CHECK(has.embeddings == each.has.embeddings);
    CHECK(has.models == each.has.models);
    CHECK(has.token_count == each.has.token_count);
  }
}

TEST_CASE("each surface says where a key goes and how its streams are asked for", "[dialect]") {
  CHECK(openai_chat().credential().name == "Authorization");
  CHECK(openai_chat().credential().prefix == "Bearer ");
  CHECK(anthropic_messages().credential().name == "x-api-key");
  CHECK(anthropic_messages().credential().prefix.empty());
  CHECK(anthropic_vertex().credential().name == "Authorization");
  CHECK(gemini_generate_content().credential().name == "x-goog-api-key");
  CHECK(vertex_generate_content().credential().name == "Authorization");
  CHECK(openai_chat().stream_media_type() == "text/event-stream");
  CHECK(ollama_chat().stream_media_type() == "application/x-ndjson");
  CHECK(bedrock_converse().stream_media_type() == "application/vnd.amazon.eventstream");
}
