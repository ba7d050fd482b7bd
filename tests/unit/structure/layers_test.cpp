// The arrows between the layers, as docs and design give them: a layer includes only what this table allows.

#include "catch.hpp"
#include "source.hpp"

#include <map>
#include <regex>
#include <set>

namespace {

using cohedge::tests::place;
using cohedge::tests::read_sources;
using cohedge::tests::source;
using cohedge::tests::without_comments;

// Design §2, with the arrows that docs/decisions/0001-layer-arrows.md adds.
const std::map<std::string, std::set<std::string>> may_use{
    {"core", {}},
    {"chat", {"core"}},
    {"wire", {"core"}},
    {"plan", {"core"}},
    {"dialect", {"core", "chat", "wire"}},
    {"async", {"core", "plan"}},
    {"net", {"core", "wire", "plan", "async"}},
    {"provider", {"core", "chat", "wire", "plan", "dialect", "async", "net"}},
    {"route", {"core", "chat", "plan", "async", "provider"}},
    {"observe", {"core", "chat", "wire", "async", "net", "provider"}},
    {"config",
     {"core", "chat", "wire", "plan", "dialect", "async", "net", "provider", "route", "observe"}},
    {"testing",
     {"core", "chat", "wire", "plan", "dialect", "async", "net", "provider", "route", "observe", "config"}},
    {"cli",
     {"core", "chat", "wire", "plan", "dialect", "async", "net", "provider", "route", "observe", "config", "testing"}},
};

// "core" for include/cohedge/core/x.hpp and src/core/x.cpp; empty for the umbrella header.
std::string layer_of(const std::string& path) {
  static const std::regex form{"(?:include/cohedge|src)/([a-z0-9_]+)/.*"};
  std::smatch parts;
  return std::regex_match(path, parts, form) ? parts[1].str() : std::string{};
}

void check_include(const source& file, std::size_t position, const std::string& layer, const std::string& target,
                   std::vector<std::string>& faults) {
  static const std::regex ours{"[<\"]cohedge/([a-z0-9_]+)/.*"};
  static const std::regex upward{"\".*/.*"};
  static const std::regex asio{"[<\"]asio[./].*"};
  static const std::regex hidden{"[<\"](openssl|nghttp2|simdjson|zlib)[./].*"};
  static const std::set<std::string> pure{"core", "chat", "wire", "plan", "dialect"};

  const auto fault = [&](const std::string& what) { faults.push_back(place(file, position) + ": " + what); };
  std::smatch parts;
  if (std::regex_match(target, parts, ours)) {
    const auto other = parts[1].str();
    if (other != layer && !may_use.at(layer).contains(other)) fault(layer + " may not use " + other);
  } else if (layer == "testing" && target == "\"net/socket_streams.hpp\"") {
    // The one private header that crosses: the loopback server serves the very streams that the client connects.
  } else if (std::regex_match(target, upward)) {
    fault("a private header of another folder: " + target);
  }
  if (pure.contains(layer) && std::regex_match(target, asio)) fault("a pure layer includes Asio");
  if (file.path.starts_with("include/") && std::regex_match(target, parts, hidden))
    fault("a public header names " + parts[1].str());
}

std::vector<std::string> layer_faults(const source& file) {
  std::vector<std::string> faults;
  const auto layer = layer_of(file.path);
  if (layer.empty()) return faults;
  if (!may_use.contains(layer)) return {file.path + ": no such layer: " + layer};

  const auto text = without_comments(file.text, false);
  static const std::regex include{"(?:^|\n)[ \t]*#[ \t]*include[ \t]*([<\"][^>\"\n]*[>\"])"};
  for (std::sregex_iterator hit{text.begin(), text.end(), include}, end; hit != end; ++hit)
    check_include(file, static_cast<std::size_t>(hit->position(1)), layer, (*hit)[1].str(), faults);

  // The types as well: a forward declaration would bring them into the API just the same.
  if (file.path.starts_with("include/")) {
    const auto code = without_comments(file.text, true);
    static const std::regex foreign{"\\b(SSL_\\w+|ssl_\\w+_st|X509\\w*|EVP_\\w+|nghttp2_\\w+|simdjson::|z_stream\\w*)"};
    for (std::sregex_iterator hit{code.begin(), code.end(), foreign}, end; hit != end; ++hit)
      faults.push_back(place(file, static_cast<std::size_t>(hit->position())) + ": a public header names " + hit->str());
  }
  return faults;
}

}  // namespace

TEST_CASE("no include runs back against the layers", "[structure]") {
  const auto files = read_sources({"include", "src"});
  REQUIRE(files.size() > 10);
  for (const auto& file : files)
    for (const auto& fault : layer_faults(file)) FAIL_CHECK(fault);
}

TEST_CASE("the table of layers has no cycle", "[structure]") {
  const std::vector<std::string> order{"core", "chat", "wire", "plan", "dialect", "async", "net",
                                       "provider", "route", "observe", "config", "testing", "cli"};
  REQUIRE(order.size() == may_use.size());
  std::set<std::string> above;
  for (const auto& layer : order) {
    for (const auto& used : may_use.at(layer)) CHECK(above.contains(used));
    above.insert(layer);
  }
}

TEST_CASE("the layer check finds what it is there to find", "[structure]") {
  const auto faults = [](std::string path, std::string text) {
    return layer_faults({std::move(path), std::move(text)});
  };
  CHECK(faults("src/core/x.cpp", "#pragma once\n#include <cohedge/net/pool.hpp>\n") ==
        std::vector<std::string>{"src/core/x.cpp:2: core may not use net"});
  CHECK(faults("include/cohedge/plan/x.hpp", "  # include \"cohedge/async/task.hpp\"").size() == 1);
  CHECK(faults("src/route/x.cpp", "#include <cohedge/dialect/openai.hpp>").size() == 1);
  CHECK(faults("src/wire/x.cpp", "#include <asio/io_context.hpp>").size() == 1);
  CHECK(faults("src/wire/x.cpp", "#include <asio.hpp>").size() == 1);
  CHECK(faults("src/provider/x.cpp", "#include \"../net/socket.hpp\"").size() == 1);
  CHECK(faults("include/cohedge/net/x.hpp", "#include <openssl/ssl.h>").size() == 1);
  CHECK(faults("include/cohedge/wire/x.hpp", "#include <simdjson.h>").size() == 1);
  CHECK(faults("include/cohedge/wire/x.hpp", "#include <zlib.h>\nz_stream_s* stream;").size() == 2);
  CHECK(faults("include/cohedge/net/x.hpp", "class stream { SSL_CTX* context; };").size() == 1);
  CHECK(faults("src/helpers/x.cpp", "").size() == 1);

  CHECK(faults("src/net/x.cpp", "#include <cohedge/net/pool.hpp>\n#include <cohedge/plan/stagger.hpp>").empty());
  CHECK(faults("src/net/x.cpp", "#include \"socket.hpp\"\n#include <openssl/ssl.h>\n#include <asio/post.hpp>").empty());
  CHECK(faults("src/core/x.cpp", "// #include <cohedge/net/pool.hpp>").empty());
  CHECK(faults("include/cohedge/cohedge.hpp", "#include <cohedge/route/route.hpp>").empty());
}
