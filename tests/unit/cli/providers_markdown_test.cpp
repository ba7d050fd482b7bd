#include "catch.hpp"

#include "cli/providers_markdown.cpp"  // the program's sources are in no library

#include <fstream>
#include <iterator>

TEST_CASE("docs/providers.md is what the program says", "[cli]") {
  std::ifstream file{COHEDGE_SOURCE_DIR "/docs/providers.md"};
  const std::string committed{std::istreambuf_iterator<char>{file}, {}};
  INFO("write it anew: cohedge providers --markdown > docs/providers.md");
  CHECK(committed == cohedge::cli::providers_markdown());
}

TEST_CASE("the providers' document names every provider and API, and no empty cell for a key that is needed", "[cli]") {
  const auto text = cohedge::cli::providers_markdown();
  for (const auto* row : cohedge::presets()) {
    CHECK(text.find("| `" + std::string{row->name} + "` |") != std::string::npos);
    if (row->needs_key) CHECK(text.find(row->keys[0].variable) != std::string::npos);
  }
  for (const auto* api : cohedge::dialect::surfaces())
    CHECK(text.find("| " + std::string{api->name()} + " | ✓ |") != std::string::npos);
}
