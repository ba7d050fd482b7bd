#include "catch.hpp"

#include <cohedge/wire/sigv4.hpp>

#include <algorithm>
#include <vector>

using namespace cohedge;
using namespace cohedge::wire;

namespace {

aws_credentials example(std::string_view token = {}) {
  return {secret{"AKIDEXAMPLE"}, secret{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}, secret{token}};
}

std::string_view line(std::string_view text, int index) {
  for (; index > 0; --index) text.remove_prefix(text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

sigv4_steps steps_of(std::string_view target, std::vector<header> headers = {}, std::int64_t at = 0,
                     bool normalize = true) {
  headers.push_back({"Host", "example.amazonaws.com"});
  sigv4_signer signer{example(), "us-east-1", "bedrock"};
  signer.normalize_path(normalize);
  auto made = signer.steps({"POST", target, headers, "{}"}, at);
  REQUIRE(made);
  return std::move(made).value();
}

}  // namespace

TEST_CASE("sigv4: the path is escaped once more than in the request line", "[sigv4]") {
  const std::vector<std::array<std::string_view, 3>> rows{
      // target, canonical path normalized, and as it is
      {"/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
       "/model/anthropic.claude-3-haiku-20240307-v1%253A0/converse",
       "/model/anthropic.claude-3-haiku-20240307-v1%253A0/converse"},
      {"/model/arn%3Aaws%3Abedrock%3Ax%2Fy/invoke", "/model/arn%253Aaws%253Abedrock%253Ax%252Fy/invoke",
       "/model/arn%253Aaws%253Abedrock%253Ax%252Fy/invoke"},
      {"/a:b/c", "/a%3Ab/c", "/a%3Ab/c"},
      {"", "/", "/"},
      {"/..", "/", "/.."},
      {"/a/./../b//c/..", "/b", "/a/./../b//c/.."},
      {"/a/b/../", "/a/", "/a/b/../"},
      {"/...?x=/", "/...", "/..."},
      {"/%2e%2e/a", "/%252e%252e/a", "/%252e%252e/a"},
  };
  for (const auto& [target, normalized, raw] : rows) {
    INFO(target);
    CHECK(line(steps_of(target).canonical_request, 1) == normalized);
    CHECK(line(steps_of(target, {}, 0, false).canonical_request, 1) == raw);
  }
}

TEST_CASE("sigv4: parameters are sorted and escaped once", "[sigv4]") {
  const std::vector<std::pair<std::string_view, std::string_view>> rows{
      {"/", ""},
      {"/?", ""},
      {"/?b=2&a=1", "a=1&b=2"},
      {"/?a=2&a=1&a", "a=&a=1&a=2"},
      {"/?a-=1&a=2", "a=2&a-=1"},
      {"/?x=a%20b&y=a+b", "x=a%20b&y=a%2Bb"},
      {"/?x=%e1%88%b4&&", "x=%E1%88%B4"},
      {"/?x=%zz%4", "x=%25zz%254"},
      {"/?x=1=2?3/4", "x=1%3D2%3F3%2F4"},
  };
  for (const auto& [target, expected] : rows) {
    INFO(target);
    CHECK(line(steps_of(target).canonical_request, 2) == expected);
  }
}

TEST_CASE("sigv4: headers are folded, joined and sorted whatever their case", "[sigv4]") {
  const auto got =
      steps_of("/", {{"X-B", " a \t b\r\n c "}, {"x-a", ""}, {"X-b", "d"}, {"Content-Type", "application/json"}});
  CHECK(got.signed_headers == "content-type;host;x-a;x-amz-date;x-b");
  CHECK(got.canonical_request.find("\ncontent-type:application/json\nhost:example.amazonaws.com\nx-a:\n"
                                   "x-amz-date:19700101T000000Z\nx-b:a b c,d\n\n") != std::string::npos);
}

TEST_CASE("sigv4: dates", "[sigv4]") {
  CHECK(steps_of("/", {}, 1440938160).date == "20150830T123600Z");
  CHECK(steps_of("/", {}, 1709164799).date == "20240228T235959Z");
  CHECK(steps_of("/", {}, 1709164800).date == "20240229T000000Z");
  CHECK(line(steps_of("/", {}, 1709164800).string_to_sign, 2) == "20240229/us-east-1/bedrock/aws4_request");
  CHECK(steps_of("/", {}, INT64_MAX).date == "99991231T235959Z");
}

TEST_CASE("sigv4: what is added to the request", "[sigv4]") {
  const std::vector<header> headers{{"Host", "example.amazonaws.com"}};
  const sigv4_request what{"POST", "/", headers, "Param1=value1"};
  sigv4_signer signer{example("the-token"), "us-east-1", "bedrock"};
  header_block out;
  REQUIRE(signer.sign(what, 1440938160, out));
  CHECK(out.size() == 3);
  CHECK(out.find("x-amz-date") == "20150830T123600Z");
  CHECK(out.find("x-amz-security-token") == "the-token");
  CHECK(out.find("authorization")
            .value()
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, "
                         "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="));
  out.clear();
  signer.send_body_hash(true);
  REQUIRE(signer.sign(what, 1440938160, out));
  CHECK(out.find("x-amz-content-sha256") == "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e");

  const auto at_once = signer.steps(what, 1440938160);
  for (const auto& other :
       {sigv4_request{"GET", "/", headers, "Param1=value1"}, sigv4_request{"POST", "/a", headers, "Param1=value1"},
        sigv4_request{"POST", "/", headers, "Param1=value2"}, sigv4_request{"POST", "/", {}, "Param1=value1"}})
    CHECK(signer.steps(other, 1440938160)->signature != at_once->signature);
  CHECK(signer.steps(what, 1440938161)->signature != at_once->signature);
}

TEST_CASE("sigv4: nobody signs without credentials", "[sigv4]") {
  header_block out;
  for (const auto& who :
       {aws_credentials{}, aws_credentials{secret{"AKID"}, {}, {}}, aws_credentials{{}, secret{"key"}, {}}}) {
    const auto done = sigv4_signer{who, "us-east-1", "bedrock"}.sign({"GET", "/", {}, ""}, 0, out);
    REQUIRE_FALSE(done);
    CHECK(done.error().code() == errc::missing_credential);
  }
  CHECK(out.empty());
}
