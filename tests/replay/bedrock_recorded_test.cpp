#include "catch.hpp"
#include "replay/recordings.hpp"
#include "unit/dialect/drive.hpp"

using namespace cohedge;

TEST_CASE("a recorded stream of Converse cut before its stop reason is no answer", "[bedrock][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  int streams = 0;
  for (const auto& exchange : all) {
    const auto stop = exchange.body.find("messageStop");
    if (exchange.surface != "bedrock.converse-stream" || stop == std::string::npos) continue;
    CAPTURE(exchange.id);
    ++streams;
    const auto whole = tests::run_stream(dialect::bedrock_converse(), exchange.body);
    CHECK_FALSE(whole.failure);
    for (std::size_t end = 1; end < stop; end += 3) {
      const auto got = tests::run_stream(dialect::bedrock_converse(), exchange.body.substr(0, end), {"", {64}});
      REQUIRE(got.failure);
      CHECK(got.failure->kind() == (got.committed ? error_class::truncated : error_class::pre_content));
      CHECK(whole.answer.text().starts_with(got.answer.text()));
    }
  }
  CHECK(streams == 4);
}
