#pragma once

#include <cohedge/chat/completion.hpp>
#include <cohedge/core/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The recorded traffic of ../shared/fixtures/golden.jsonl.gz, and what it means, read without any code of cohedge's:
// the reader here knows only the DOM and string splitting, so that a mistake in ours is not repeated in what it is
// held to.
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
};

/// All recordings of the file, in its order. Empty when it cannot be read.
std::vector<recording> load(const std::filesystem::path& golden);

/// Whether the recording is a chat completion or legacy completion, as its surface claims. If not, why.
bool is_ours(const recording& exchange, std::string& why_not);

struct expected_choice {
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::vector<tool_call> calls;
  std::string finish;
};

/// What an exchange must come to.
struct expected {
  std::vector<expected_choice> choices;
  cohedge::usage usage;
  bool failed = false;             ///< the exchange ends with an error; `choices` hold what came before
  error_class kind{};              ///< of that error
  std::string why;                 ///< a piece of the provider's text that must be in its message
  bool content() const;
};

/// Reads an exchange that is ours.
expected read_independently(const recording& exchange);

/// The first difference in choices and token counts, or an empty text.
std::string compare(const expected& want, const completion& got);

}  // namespace cohedge::tests
