#pragma once

#include <string>
#include <string_view>

namespace bench {

/// What every load program asks: about 370 bytes of request body, as cohedge encodes them.
inline constexpr std::string_view system_prompt =
    "You are a tired innkeeper at the edge of a kingdom that has seen better days. Answer in character, in at most two "
    "sentences, and never mention that you are a model.";
inline constexpr std::string_view prompt = "Greet the player, who comes in from the rain.";
inline constexpr unsigned max_tokens = 60;

/// The same as JSON, for programs that send fixed bytes.
inline std::string request_body(bool stream) {
  std::string body{R"({"model":"m","messages":[{"role":"system","content":")"};
  body.append(system_prompt).append(R"("},{"role":"user","content":")").append(prompt);
  body.append(R"("}],"max_tokens":)").append(std::to_string(max_tokens));
  if (stream) body.append(R"(,"stream":true,"stream_options":{"include_usage":true})");
  return body.append("}");
}

}  // namespace bench
