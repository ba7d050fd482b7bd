// Padding, signs of life and huge lines.

#include "made_fault.hpp"

using namespace cohedge;
using namespace cohedge::tests::made;
using namespace std::chrono_literals;

namespace {

/// An event stream of one answer with these lines before it and between its chunks.
behaviour between_chunks(const std::string& lines) {
  scripted_response out;
  out.event_lines(lines);
  for (const std::string_view chunk : {R"({"choices":[{"index":0,"delta":{"content":"one"}}]})",
                                       R"({"choices":[{"index":0,"delta":{"content":" two"},"finish_reason":"stop"}]})"})
    out.event(chunk).event_lines(lines);
  return behaviour::respond(out.event("[DONE]"));
}

std::vector<row> noise() {
  const std::string picture(1'300'000, 'x');
  std::vector<row> rows{
      {"comments", chat, asked::streamed, between_chunks(": OPENROUTER PROCESSING\n\n: ping - 2025\r\n\r\n:\n"), answer()},
      {"empty lines", chat, asked::streamed, between_chunks("\n\n\r\n \n\n"), answer()},
      {"white space before JSON where a stream was asked for", chat, asked::streamed,
       behaviour::respond(scripted_response{200, "\n         \n\n" R"({"choices":[{"message":{"content":"one two"},)"
                                                 R"("finish_reason":"stop"}]})"}),
       answer()},
  };
  for (const auto api : {chat, legacy_api, anthropic, bedrock, gemini, ollama}) {
    const std::string name{api().name()};
    rows.push_back({name + " a good answer", api, asked::both, says(), answer()});
    rows.push_back({name + " padding", api, asked::both, says().padding(3000), answer()});
    rows.push_back({name + " signs of life", api, asked::both, says().keep_alives(3).between_tokens(5s), answer()});
    rows.push_back({name + " 1.3 MB in a line", api, asked::both, says(picture), answer(picture)});
    rows.push_back({name + " 1.3 MB of padding", api, asked::both, says().padding(1'300'000), answer()});
    rows.push_back({name + " at random cuts", api, asked::both, says().padding(100).in_random_pieces(), answer()});
  }
  return rows;
}

}  // namespace

TEST_CASE("padding, signs of life and huge lines leave an answer as it is", "[integration][faults]") { run(noise()); }
