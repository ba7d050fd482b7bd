// How a key reaches a provider: in the header its API wants, or as a signature; and what else an endpoint adds.

#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <optional>
#include <string>

using namespace cohedge;
using testing::recorded_request;
using testing::scripted_network;
using testing::scripted_response;

namespace {

/// Sends one request to `where` and gives what the server saw of it.
recorded_request asked(endpoint where, std::chrono::seconds at = {}) {
  testing::virtual_context time;
  scripted_network network;
  network.on_request([](const recorded_request&) { return scripted_response{}; });
  client_options options;
  options.network(network.connector());
  client with{time.get_executor(), std::move(options)};
  time.run_for(at);
  const auto provider = make_provider(with, dialect::openai_chat(), std::move(where));
  spawn(time, provider.complete(chat_request{"hi"}), [](result<completion>) {});
  time.run();
  REQUIRE(network.requests().size() == 1);
  return network.requests().front();
}

}  // namespace

TEST_CASE("a key stands in the header that is named", "[provider][credentials]") {
  endpoint where{"http://a.test/openai/deployments/d", "m"};
  where.key(secret{"azure-key-123"}).key_in("api-key").query("api-version=2024-10-21");
  const auto seen = asked(where);
  CHECK(seen.target == "/openai/deployments/d/chat/completions?api-version=2024-10-21");
  CHECK(seen.headers.find("api-key") == "azure-key-123");
  CHECK_FALSE(seen.headers.find("authorization"));
}

TEST_CASE("a signed request carries no key, and is signed for its time and body", "[provider][credentials]") {
  wire::aws_credentials who{secret{"AKIDEXAMPLE"}, secret{"a-secret-access-key"}, secret{"a-session-token"}};
  endpoint where{"http://bedrock-runtime.test", "m"};
  where.sign(wire::sigv4_signer{who, "us-east-1", "bedrock"});
  const auto seen = asked(where);
  const auto authorization = std::string{seen.headers.find("authorization").value_or("")};
  CHECK(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/bedrock/aws4_request, "));
  CHECK(authorization.find("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token") != std::string::npos);
  CHECK(seen.headers.find("x-amz-date") == "20260101T000000Z");
  CHECK(seen.headers.find("x-amz-security-token") == "a-session-token");
  CHECK(asked(where, std::chrono::seconds{61}).headers.find("x-amz-date") == "20260101T000101Z");

  // What the server would compute from what it got.
  const wire::header signed_ones[] = {{"Host", "bedrock-runtime.test"}, {"Content-Type", "application/json"}};
  wire::header_block expected;
  const wire::sigv4_signer again{who, "us-east-1", "bedrock"};
  REQUIRE(again.sign({"POST", seen.target, signed_ones, seen.body}, 1767225600, expected));
  CHECK(expected.find("authorization") == authorization);
}
