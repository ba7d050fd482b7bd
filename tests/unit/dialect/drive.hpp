#pragma once

#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_check.hpp>

#include "conform/cuts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::tests {

/// How a stream went: the deltas as text, the completion they build, the failure if any.
struct streamed {
  std::vector<std::string> deltas;
  completion answer;
  std::optional<error> failure;
  bool committed = false;
};

inline std::string describe(const delta& one) {
  const auto where = one.choice == 0 ? std::string{} : std::to_string(one.choice) + ":";
  const auto call = std::to_string(one.tool_index);
  switch (one.kind) {
    case delta_kind::text: return where + "text " + std::string{one.text};
    case delta_kind::reasoning: return where + "reasoning " + std::string{one.text};
    case delta_kind::refusal: return where + "refusal " + std::string{one.text};
    case delta_kind::tool_call:
      return where + "call" + call + " " + std::string{one.id} + " " + std::string{one.name} + " " +
             std::string{one.text};
    case delta_kind::tool_arguments: return where + "args" + call + " " + std::string{one.text};
    case delta_kind::tool_call_end: return where + "end" + call;
    case delta_kind::reasoning_end:
      return where + "reasoned " + std::string{one.id} + " " + std::string{one.signature} + " " + std::string{one.text};
    case delta_kind::citation:
      return where + "cites " + std::string{one.id} + " " + std::string{one.name} + " " + std::string{one.text};
    case delta_kind::media: return where + "media " + std::string{one.name} + " " + std::string{one.text};
    case delta_kind::logprobs: return where + "logprobs " + std::string{one.text};
    case delta_kind::other: return "other " + std::string{one.name} + " " + std::string{one.text};
    case delta_kind::finish:
      return where + "finish " + std::string{to_string(one.finish)} + (one.name.empty() ? " without its word" : "") +
             std::string{one.text};
    case delta_kind::usage:
      return "usage " + std::to_string(one.usage->input) + " " + std::to_string(one.usage->output);
  }
  return {};
}

/// `text` in memory that ends 64 bytes behind it, with something there that is no JSON.
inline std::string padded(std::string_view text) {
  std::string memory{text};
  memory.append(64, '"');
  return memory;
}

/// Runs a whole stream through a decoder, cut as told; every piece lies in memory of its own that dies before the next.
inline streamed run_stream(const dialect::surface& api, std::string_view body, const cutting& cut,
                           const limits& bounds = {}, const dialect::deviations& server = {}) {
  using dialect::decode_step;
  streamed out;
  completion_builder builder;
  const auto decoder = api.decoder(bounds, server);
  delta one;
  const auto note = [&](decode_step step) {
    if (step == decode_step::failed) out.failure = decoder->failure();
    if (step != decode_step::event) return false;
    builder.apply(one);
    out.deltas.push_back(describe(one));
    return true;
  };
  bool over = false;
  for (std::size_t at = 0, turn = 0; at < body.size() && !over; ++turn) {
    const auto size = cut.sizes.empty() ? body.size() : cut.sizes[turn % cut.sizes.size()];
    const auto memory = padded(body.substr(at, size));
    std::string_view input{memory.data(), std::min(size, body.size() - at)};
    at += input.size();
    while (true) {
      const auto step = decoder->next(input, one);
      if (note(step)) continue;
      over = step == decode_step::failed || step == decode_step::done;
      break;
    }
  }
  if (!out.failure)
    while (note(decoder->finish(one))) {
    }
  out.committed = decoder->committed();
  builder.draft().model(std::string{decoder->model()});
  builder.draft().id(std::string{decoder->id()});
  out.answer = std::move(builder).take(wire::is_json);
  return out;
}

inline streamed run_stream(const dialect::surface& api, std::string_view body) { return run_stream(api, body, {}); }

/// The chunks as an event stream, each as one `data:` event.
inline std::string events(const std::vector<std::string>& chunks) {
  std::string body;
  for (const auto& chunk : chunks) body.append("data: ").append(chunk).append("\n\n");
  return body;
}

inline result<completion> decode_whole(const dialect::surface& api, std::string_view body) {
  const auto memory = padded(body);
  return api.decode({memory.data(), body.size()});
}

}  // namespace cohedge::tests
