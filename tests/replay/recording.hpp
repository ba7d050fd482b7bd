#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The recorded traffic of ../shared/fixtures/golden.jsonl.gz.
namespace cohedge::tests {

/// One recorded exchange.
struct recording {
  std::string id;
  std::string provider;
  std::string surface;  ///< openai.chat, legacy.completions, …
  std::string method;
  std::string url;
  std::string target;        ///< the path of the URL, with its query
  std::string request_body;  ///< JSON, or empty
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the response, without those about framing
  std::string framing;                                       ///< json, sse, ndjson, raw, …
  std::string terminator;
  std::vector<std::string> features;
  std::string body;  ///< decoded

  bool has(std::string_view feature) const;
  /// The body comes piece by piece.
  bool is_stream() const { return framing != "json" && framing != "raw"; }
};

/// All recordings of the file, in its order. Empty when it cannot be read.
std::vector<recording> load(const std::filesystem::path& golden);

}  // namespace cohedge::tests
