// The providers we know: that every row can be asked, that its key goes where it belongs and nowhere else, and what is
// said where something is missing.

#include "catch.hpp"

#include "provider/preset_table.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/testing/virtual_time.hpp>
#include <cohedge/wire/url.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

using namespace cohedge;
using testing::recorded_request;
using testing::scripted_network;
using testing::scripted_response;

namespace {

using variables = std::map<std::string, std::string>;

environment of(variables all) {
  return [all = std::move(all)](const std::string& name) -> std::optional<std::string> {
    const auto found = all.find(name);
    if (found == all.end()) return std::nullopt;
    return found->second;
  };
}

preset_options from(variables all) {
  preset_options said;
  return said.variables(of(std::move(all)));
}

/// What became of one call: what the server saw, if anything came, and how the call failed.
struct told {
  std::optional<recorded_request> seen;
  net::origin to{false, {}, 0};
  error failure;
};

told ask(const dialect::surface& speaks, endpoint where, bool stream = false, scripted_response answer = {}) {
  testing::virtual_context time;
  scripted_network network;
  network.on_request([&](const recorded_request&) { return answer; });
  client_options options;
  options.network(network.connector()).proxies(net::proxy_settings{});
  client with{time.get_executor(), std::move(options)};
  const auto provider = make_provider(with, speaks, std::move(where));
  told out;
  if (stream)
    spawn(time, provider.stream(chat_request{"hi"}), [&](result<completion_stream> got) {
      if (!got) out.failure = got.error();
    });
  else
    spawn(time, provider.complete(chat_request{"hi"}), [&](result<completion> got) {
      if (!got) out.failure = got.error();
    });
  time.run();
  CHECK(network.bad_requests() == 0);
  if (network.requests().empty()) return out;
  out.seen = network.requests().front();
  out.to = network.connections().front().to;
  return out;
}

told ask(std::string_view name, const preset_options& said, bool stream = false, scripted_response answer = {}) {
  const auto* row = preset_named(name);
  REQUIRE(row);
  auto where = preset_endpoint(*row, said);
  if (!where) return {std::nullopt, {false, {}, 0}, where.error()};
  return ask(preset_surface(*row), where.value(), stream, std::move(answer));
}

std::string detail_of(std::string_view name, variables all) {
  auto got = ask(name, from(std::move(all)));
  CHECK_FALSE(got.seen);
  return std::string{got.failure.detail()};
}

constexpr std::string_view key = "sk-canary-0123456789";

/// What a row needs beside the key.
variables parts_for(const preset_row& row) {
  variables all;
  for (const auto& part : row.parts)
    if (part.otherwise.empty() && !part.variables[0].empty()) all[std::string{part.variables[0]}] = "part-1";
  if (row.default_model.empty()) all[std::string{row.model_variable}] = "model-1";
  return all;
}

}  // namespace

TEST_CASE("every row of the table is whole", "[presets]") {
  std::set<std::string_view> names;
  for (const auto& row : preset_table()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(std::ranges::all_of(row.name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
    CHECK_FALSE(row.title.empty());
    CHECK(dialect::surface_named(row.surface));  // one that is misspelt would hide its row for ever
    if (row.needs_key) {
      CHECK_FALSE(row.keys[0].variable.empty());
      CHECK(row.console.starts_with("https://"));
    }
    if (row.base_url.empty()) continue;
    if (row.default_model.empty()) CHECK_FALSE(row.model_variable.empty());
    const auto where = preset_endpoint(row, from(parts_for(row)));
    if (!where) FAIL_CHECK(where.error().detail());
    if (!where) continue;
    const auto url = wire::parse_url(where.value().base_url());
    if (!url) FAIL_CHECK(url.error().detail());
    if (url) CHECK(url.value().secure() == row.needs_key);
    CHECK(where.value().base_url().find_first_of("{}") == std::string::npos);
    CHECK(where.value().key_missing().empty() != row.needs_key);
  }
}

TEST_CASE("every provider gets its key in one header, and nothing else of it", "[presets][secrets]") {
  for (const auto* row : presets())
    for (const auto& source : row->keys) {
      if (source.variable.empty() || row->base_url.empty()) continue;
      INFO(row->name << " " << source.variable);
      auto all = parts_for(*row);
      all[std::string{source.variable}] = key;
      const auto got = ask(row->name, from(std::move(all)));
      REQUIRE(got.seen);
      const auto field = source.header.empty() ? preset_surface(*row).credential().name : source.header;
      const auto sent = got.seen->header(field);
      CHECK(sent == (field == "Authorization" ? "Bearer " + std::string{key} : std::string{key}));
      int places = 0;
      for (const auto& each : got.seen->headers) places += each.value.find(key) != std::string_view::npos ? 1 : 0;
      CHECK(places == 1);
      CHECK(got.seen->target.find(key) == std::string::npos);
      CHECK(got.seen->body.find(key) == std::string::npos);
    }
}

TEST_CASE("each big provider is asked as its own documentation says", "[presets]") {
  struct row {
    const char* name;
    variables all;
    const char* host;
    const char* target;
    const char* header;
    const char* value;
  };
  const variables azure{{"AZURE_OPENAI_API_KEY", "azure-key-1"}, {"AZURE_RESOURCE_NAME", "res"}};
  const auto with = [](variables all, const variables& more) {
    all.insert(more.begin(), more.end());
    return all;
  };
  const variables google{{"GOOGLE_OAUTH_ACCESS_TOKEN", "ya29-token"}, {"GOOGLE_CLOUD_PROJECT", "proj"}};
  const row rows[] = {
      {"openai", {{"OPENAI_API_KEY", "k-12345678"}, {"OPENAI_ORG_ID", "org-1"}}, "api.openai.com", "/v1/chat/completions", "openai-organization", "org-1"},
      {"openai_responses", {{"OPENAI_API_KEY", "k-12345678"}}, "api.openai.com", "/v1/responses", "authorization", "Bearer k-12345678"},
      {"anthropic", {{"ANTHROPIC_API_KEY", "k-1"}}, "api.anthropic.com", "/v1/messages", "anthropic-version", "2023-06-01"},
      {"anthropic", {{"ANTHROPIC_API_KEY", "k-1"}, {"ANTHROPIC_AUTH_TOKEN", "t-1"}}, "api.anthropic.com", "/v1/messages", "x-api-key", "k-1"},
      {"anthropic", {{"ANTHROPIC_AUTH_TOKEN", "t-1"}}, "api.anthropic.com", "/v1/messages", "authorization", "Bearer t-1"},
      {"gemini", {{"GEMINI_API_KEY", "second"}, {"GOOGLE_API_KEY", "first"}}, "generativelanguage.googleapis.com", "/v1beta/models/gemini-2.5-flash:generateContent", "x-goog-api-key", "first"},
      {"vertex", google, "aiplatform.googleapis.com", "/v1beta1/projects/proj/locations/global/publishers/google/models/gemini-2.5-flash:generateContent", "authorization", "Bearer ya29-token"},
      {"vertex", with(google, {{"GOOGLE_CLOUD_LOCATION", "europe-west4"}}), "europe-west4-aiplatform.googleapis.com", "/v1beta1/projects/proj/locations/europe-west4/publishers/google/models/gemini-2.5-flash:generateContent", "authorization", "Bearer ya29-token"},
      {"bedrock", {{"AWS_BEARER_TOKEN_BEDROCK", "b-1"}, {"AWS_REGION", "eu-west-1"}}, "bedrock-runtime.eu-west-1.amazonaws.com", "/model/us.amazon.nova-lite-v1%3A0/converse", "authorization", "Bearer b-1"},
      {"azure", with(azure, {{"AZURE_OPENAI_DEPLOYMENT", "gpt"}}), "res.openai.azure.com", "/openai/v1/chat/completions", "api-key", "azure-key-1"},
      {"azure", {{"AZURE_OPENAI_AD_TOKEN", "t-1"}, {"AZURE_OPENAI_ENDPOINT", "https://mine.test/"}, {"AZURE_OPENAI_DEPLOYMENT", "gpt"}}, "mine.test", "/openai/v1/chat/completions", "authorization", "Bearer t-1"},
      {"azure_classic", with(azure, {{"AZURE_OPENAI_DEPLOYMENT", "gpt"}}), "res.openai.azure.com", "/openai/deployments/gpt/chat/completions?api-version=2024-10-21", "api-key", "azure-key-1"},
      {"azure_classic", with(azure, {{"AZURE_OPENAI_DEPLOYMENT", "gpt"}, {"OPENAI_API_VERSION", "2025-04-01-preview"}}), "res.openai.azure.com", "/openai/deployments/gpt/chat/completions?api-version=2025-04-01-preview", "api-key", "azure-key-1"},
      {"huggingface", {{"HF_TOKEN", "hf-1"}}, "router.huggingface.co", "/v1/chat/completions", "authorization", "Bearer hf-1"},
      {"cohere", {{"COHERE_API_KEY", "co-2"}, {"CO_API_KEY", "co-1"}}, "api.cohere.com", "/v2/chat", "authorization", "Bearer co-1"},
      {"ollama", {{"OLLAMA_HOST", "127.0.0.1"}, {"OLLAMA_MODEL", "m"}}, "127.0.0.1", "/api/chat", "host", "127.0.0.1:11434"},
      {"ollama_generate", {{"OLLAMA_HOST", "127.0.0.1"}, {"OLLAMA_GENERATE_MODEL", "m"}}, "127.0.0.1", "/api/generate", "host", "127.0.0.1:11434"},
      {"novita", {{"NOVITA_API_KEY", "n-1"}}, "api.novita.ai", "/openai/v1/chat/completions", "authorization", "Bearer n-1"},
      {"vllm", {{"VLLM_BASE_URL", "gpu:9000"}, {"VLLM_MODEL", "m"}}, "gpu", "/v1/chat/completions", "host", "gpu:9000"},
      {"vllm", {{"VLLM_BASE_URL", "gpu"}, {"VLLM_MODEL", "m"}}, "gpu", "/v1/chat/completions", "host", "gpu:8000"},
  };
  for (const auto& each : rows) {
    INFO(each.name << " " << each.header);
    const auto got = ask(each.name, from(each.all));
    if (!got.seen) FAIL_CHECK(got.failure.message());
    if (!got.seen) continue;
    CHECK(got.to.host == each.host);
    CHECK(got.seen->target == each.target);
    CHECK(got.seen->header(each.header) == each.value);
  }
}

TEST_CASE("AWS's own keys sign what goes to Bedrock, and streams are asked for in its framing", "[presets]") {
  const variables aws{{"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "a-secret-access-key"},
                      {"AWS_SESSION_TOKEN", "a-session-token"}, {"AWS_DEFAULT_REGION", "us-west-2"}};
  const auto got = ask("bedrock", from(aws), true);
  REQUIRE(got.seen);
  CHECK(got.seen->header("authorization").find("/us-west-2/bedrock/aws4_request") != std::string_view::npos);
  CHECK(got.seen->header("x-amz-security-token") == "a-session-token");
  CHECK(got.seen->header("accept") == "application/vnd.amazon.eventstream");
  CHECK(got.seen->target.ends_with("/converse-stream"));

  // AWS repeats what was signed when it finds the signature wrong.
  const scripted_response wrong{403, R"({"message":"the canonical string was x-amz-security-token:a-session-token"})"};
  const auto refused = ask("bedrock", from(aws), false, wrong);
  CHECK(refused.failure.message().find("a-session-token") == std::string::npos);
  CHECK(refused.failure.message().find("x-amz-security-token:***") != std::string::npos);
}

TEST_CASE("what is missing is named, with the variable to set", "[presets]") {
  CHECK(detail_of("groq", {}) == "set the environment variable GROQ_API_KEY to a key from https://console.groq.com/keys");
  CHECK(detail_of("alibaba", {}).starts_with("set the environment variable DASHSCOPE_API_KEY or ALIBABA_API_KEY to a key"));
  CHECK(detail_of("bedrock", {{"AWS_REGION", "us-east-1"}})
            .starts_with("set the environment variable AWS_BEARER_TOKEN_BEDROCK or AWS_ACCESS_KEY_ID and "
                         "AWS_SECRET_ACCESS_KEY to a key from https://"));
  CHECK(detail_of("bedrock", {{"AWS_BEARER_TOKEN_BEDROCK", "b"}}) ==
        "bedrock needs region: set AWS_REGION or AWS_DEFAULT_REGION, or region in the configuration");
  CHECK(detail_of("azure", {{"AZURE_OPENAI_API_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "d"}}) ==
        "azure needs endpoint or resource: set AZURE_OPENAI_ENDPOINT or AZURE_RESOURCE_NAME, or endpoint or resource in "
        "the configuration");
  CHECK(detail_of("azure", {{"AZURE_OPENAI_API_KEY", "k"}}) == "azure has no default model: name one, or set AZURE_OPENAI_DEPLOYMENT");
  CHECK(detail_of("vertex", {{"GOOGLE_OAUTH_ACCESS_TOKEN", "t"}}) ==
        "vertex needs project: set GOOGLE_CLOUD_PROJECT, or project in the configuration");
  CHECK(detail_of("openai_compatible", {}) == "openai_compatible has no default model: name one");

  const auto code = [](std::string_view name, variables all) { return ask(name, from(std::move(all))).failure.code(); };
  CHECK(code("groq", {}) == errc::missing_credential);
  CHECK(code("bedrock", {}) == errc::invalid_config);
}

TEST_CASE("a part of an address cannot lead to another host", "[presets][secrets]") {
  for (const auto* bad : {"evil.test/", "x@evil.test", "a b", "r#", "r?x", "../..", "r\r\nHost: x"}) {
    INFO(bad);
    const std::string text{bad};
    const auto said = detail_of("bedrock", {{"AWS_BEARER_TOKEN_BEDROCK", "b-12345678"}, {"AWS_REGION", text}});
    if (text == "../..")
      CHECK(said == "AWS_REGION holds other characters than letters, digits and -._");
    else
      CHECK(said.starts_with("AWS_REGION holds other characters"));
  }
  CHECK(detail_of("azure", {{"AZURE_OPENAI_API_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "d"}, {"AZURE_OPENAI_ENDPOINT", "ftp://x"}})
            .starts_with("AZURE_OPENAI_ENDPOINT: "));
}

TEST_CASE("a preset's key goes to the preset's address, nowhere else", "[presets][secrets]") {
  preset_options elsewhere = from({{"GROQ_API_KEY", std::string{key}}, {"OPENAI_ORG_ID", "org-1"}});
  elsewhere.base_url("https://elsewhere.test/v1");
  auto got = ask("groq", elsewhere);
  REQUIRE(got.seen);
  CHECK_FALSE(got.seen->headers.find("authorization"));
  elsewhere.key(secret{"its-own-key"});
  CHECK(ask("groq", elsewhere).seen->header("authorization") == "Bearer its-own-key");

  preset_options own = from({{"MY_KEY", "mine-1"}, {"AZURE_RESOURCE_NAME", "r"}});
  own.key_variable("MY_KEY").model("d");
  CHECK(ask("azure", own).seen->header("api-key") == "mine-1");
  own.variables(of({{"AZURE_RESOURCE_NAME", "r"}}));
  CHECK(ask("azure", own).failure.detail() == "set the environment variable MY_KEY to the key of \"azure\"");
}

TEST_CASE("an endpoint's own header counts more than the API's", "[presets]") {
  auto where = preset_endpoint(*preset_named("anthropic"), from({{"ANTHROPIC_API_KEY", "k-1"}}));
  REQUIRE(where);
  where.value().header("Anthropic-Version", "2099-01-01").header("User-Agent", "game/1").header("accept", "text/x");
  const auto got = ask(dialect::anthropic_messages(), where.value());
  REQUIRE(got.seen);
  int versions = 0;
  for (const auto& each : got.seen->headers) versions += wire::equals_ignore_case(each.name, "anthropic-version") ? 1 : 0;
  CHECK(versions == 1);
  CHECK(got.seen->header("anthropic-version") == "2099-01-01");
  CHECK(got.seen->header("user-agent") == "game/1");
  CHECK(got.seen->header("accept") == "text/x");
}

TEST_CASE("queries of base URL, endpoint and API become one, and a key in a URL is refused", "[presets][secrets]") {
  endpoint where{"https://a.test/v1?team=7", "m"};
  where.query("api-version=2024-10-21");
  CHECK(ask(dialect::openai_chat(), where).seen->target == "/v1/chat/completions?team=7&api-version=2024-10-21");
  const auto streamed = ask(dialect::gemini_generate_content(), where, true);
  CHECK(streamed.seen->target.ends_with(":streamGenerateContent?alt=sse&team=7&api-version=2024-10-21"));

  endpoint leaking{"https://a.test/v1?key=" + std::string{key}, "m"};
  leaking.key(secret{key});
  const auto refused = ask(dialect::openai_chat(), leaking);
  CHECK_FALSE(refused.seen);
  CHECK(refused.failure.code() == errc::invalid_argument);
  CHECK(refused.failure.message().find(key) == std::string::npos);
}

TEST_CASE("a name that is not known is answered with those that are", "[presets]") {
  testing::virtual_context time;
  client with{time.get_executor()};
  const auto made = preset(with, "gorq");
  REQUIRE(!made);
  CHECK(made.error().code() == errc::invalid_config);
  CHECK(made.error().detail().starts_with("no provider is called \"gorq\"; known are: openai, anthropic, gemini, groq, "));
  CHECK(preset(with, "groq", "m").value().name() == "groq");
}
