// Requests of the completions API before chat: a prompt.

#include "replay/request_reading.hpp"

namespace cohedge::tests {

request_reading read_legacy_request(const tree& body) {
  request_reading into;
  member_taker of{body};
  auto& ask = into.ask;
  into.model = of.take("model").text();
  into.stream = of.take("stream").truth();
  into.server.include_usage(of.take("stream_options").at("include_usage").truth());
  if (const auto& prompt = of.take("prompt"); prompt.is_string())
    ask.user(prompt.text());
  else
    into.note("a prompt that is not one text");
  of.number("max_tokens", [&](double v) { ask.max_tokens(static_cast<std::uint32_t>(v)); });
  of.number("temperature", [&](double v) { ask.temperature(v); });
  of.number("top_p", [&](double v) { ask.top_p(v); });
  of.number("seed", [&](double v) { ask.seed(static_cast<std::int64_t>(v)); });
  const auto& stop = of.take("stop");
  if (stop.is_string()) ask.stop(stop.text());
  for (const auto& each : stop.items) ask.stop(each.text());
  of.rest_as_extra(ask);
  return into;
}

tree canonical_legacy_request(tree body) {
  drop_false(body, {"stream"});
  drop_empty(body, {"stop"});
  if (body.at("stop").is_string()) body.members["stop"] = tree::list({body.at("stop")});
  return body;
}

}  // namespace cohedge::tests
