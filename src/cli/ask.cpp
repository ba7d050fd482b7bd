#include "answer_json.hpp"
#include "commands.hpp"
#include "report_table.hpp"
#include "session.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

#include <iostream>
#include <iterator>

namespace cohedge::cli {

namespace {

constexpr std::size_t longest_prompt = 16 * 1024 * 1024;

result<std::string> prompt_of(const ask_options& options) {
  if (!options.prompt.empty() && options.prompt != "-") return options.prompt;
  if (options.prompt.empty() && is_terminal(stdin))
    return error{errc::invalid_argument, "nothing to ask: cohedge ask \"What is the capital of France?\""};
  std::string text;
  for (std::istreambuf_iterator<char> in{std::cin}, end; in != end && text.size() <= longest_prompt; ++in)
    text.push_back(*in);
  if (text.size() > longest_prompt) return error{errc::invalid_argument, "the prompt is larger than 16 MB"};
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return error{errc::invalid_argument, "the prompt is empty"};
  return text;
}

// A route or provider by name; without a name the route "chat", or whatever comes first.
result<provider> target_of(const setup& found, const std::string& name) {
  if (name.empty()) {
    if (auto chat = found.route("chat")) return provider{std::move(chat).value()};
    if (!found.routes().empty()) return provider{found.routes().front()};
    return found.providers().front().provider();
  }
  if (auto one = found.provider(name)) return one;
  auto route = found.route(name);
  if (route) return provider{std::move(route).value()};
  return std::move(route).error();
}

// Shows a stream as it comes. `kept` gets the ledger whether or not the answer is complete.
task<stream_end> show(provider target, chat_request ask, std::optional<report>& kept) {
  auto starting = target.stream(std::move(ask));
  auto started = co_await std::move(starting);
  if (!started) co_return std::move(started).error();
  auto stream = std::move(started).value();
  const bool on_terminal = is_terminal(stdout);
  char last = '\n';
  for (;;) {
    const auto event = co_await stream.next();
    if (!event) break;
    const auto& piece = event.value();
    if (piece.kind != delta_kind::text && piece.kind != delta_kind::refusal) continue;
    if (piece.text.empty()) continue;
    const auto shown = on_terminal ? printable(piece.text) : std::string{piece.text};
    std::fwrite(shown.data(), 1, shown.size(), stdout);
    std::fflush(stdout);
    last = piece.text.back();
  }
  if (last != '\n') std::fputc('\n', stdout);
  std::fflush(stdout);
  auto ended = stream.ended();
  kept = stream.report();
  co_return ended;
}

int ask_streaming(session& with, provider target, chat_request ask, bool wants_report) {
  std::optional<report> kept;
  auto showing = show(std::move(target), std::move(ask), kept);
  const auto ended = with.run(std::move(showing));
  if (!ended && !kept && ended.error().report()) kept = *ended.error().report();
  if (wants_report && kept) std::fputs(report_table(*kept).c_str(), stderr);
  if (!ended) return fail_with(ended.error());
  switch (ended.value().finish) {
    case finish_reason::length: std::fputs("(cut: the limit of tokens is reached)\n", stderr); break;
    case finish_reason::content_filter: std::fputs("(cut by the provider's content filter)\n", stderr); break;
    case finish_reason::tool_calls: std::fputs("(the model asks for a tool: --json shows the call)\n", stderr); break;
    default: break;
  }
  return exit_ok;
}

int ask_for_json(session& with, const provider& target, chat_request ask) {
  auto asking = target.complete(std::move(ask));
  const auto answer = with.run(std::move(asking));
  std::puts(answer ? answer_json(answer.value()).c_str() : failure_json(answer.error()).c_str());
  return answer ? exit_ok : fail_with(answer.error());
}

}  // namespace

int ask(const ask_options& options) {
  auto prompt = prompt_of(options);
  if (!prompt) return fail_with(prompt.error());
  const bool is_preset = !options.provider.empty();
  auto opened = is_preset ? result<std::unique_ptr<session>>{session::without_setup()} : session::open(options.config);
  if (!opened) return fail_with(opened.error());
  auto& with = *opened.value();
  auto target = is_preset ? preset(with.client(), options.provider, options.model)
                          : target_of(with.setup(), options.route);
  if (!target) return fail_with(target.error());

  chat_request ask{std::move(prompt).value()};
  if (!options.system.empty()) ask.system(options.system);
  if (options.max_tokens) ask.max_tokens(*options.max_tokens);
  if (options.json) return ask_for_json(with, target.value(), std::move(ask));
  return ask_streaming(with, std::move(target).value(), std::move(ask), options.report);
}

}  // namespace cohedge::cli
