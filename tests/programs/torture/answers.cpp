// Good answers: whole and streamed, in every framing, in pieces, one after the other, large.

#include "scenarios.hpp"

#include <cohedge/testing/scripted_response.hpp>

namespace cohedge::tests {

using namespace std::chrono_literals;
using testing::framing;

namespace {

const std::string whole_json =
    R"({"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Well met, traveller."},)"
    R"("finish_reason":"stop"}]})";
const std::string one_event = R"({"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Well met, traveller."}}]})";
const std::string last_event = R"({"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})";

/// An answer with this head before the final one.
testing::behaviour after_interim(const std::string& interim) {
  const auto length = std::to_string(whole_json.size());
  const auto head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
  return testing::behaviour::respond(testing::scripted_response{}.raw(interim + head + whole_json));
}

/// A stream whose last chunk comes a moment after its last event.
testing::behaviour late_end() {
  testing::scripted_response response;
  response.event(one_event).event(last_event).event("[DONE]").wait(20ms);
  return testing::behaviour::respond(response);
}

task<answered> several(stage& on, form how, std::size_t count) {
  const auto from = on.at("a");
  answered last;
  for (std::size_t i = 0; i < count; ++i) {
    auto asking = ask(from, how);
    auto got = co_await std::move(asking);
    if (!got || got->failure) co_return got;
    last = std::move(got).value();
  }
  co_return last;
}

std::function<task<answered>(stage&)> repeated(form how, std::size_t count) {
  return [how, count](stage& on) { return several(on, how, count); };
}

/// A request that does not go out in one write.
std::function<task<answered>(stage&)> large_request() {
  return [](stage& on) {
    chat_request large{std::string(200'000, 'x')};
    return ask(on.at("a"), form::whole, std::move(large));
  };
}

/// A tool call instead of words; its text is what is compared.
task<answered> tool_call(stage& on) {
  const auto from = on.at("a");
  chat_request wants{"weather"};
  auto asking = from.complete(std::move(wants));
  auto answer = co_await std::move(asking);
  answered out;
  if (answer) {
    out.report = answer->report();
    out.text = answer->tool_calls().empty() ? "no call" : answer->tool_calls()[0].name + answer->tool_calls()[0].arguments;
  } else {
    out.failure = answer.error();
  }
  co_return out;
}

testing::behaviour calls_a_tool() {
  return testing::behaviour::replay(
      200, {{"Content-Type", "application/json"}},
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function",)"
      R"("function":{"name":"look","arguments":"{\"at\":1}"}}]},"finish_reason":"tool_calls"}]})");
}

task<answered> healthy(stage& on) {
  const auto from = on.at("a");
  auto checking = from.check();
  const auto verdict = co_await std::move(checking);
  answered out;
  if (verdict)
    out.text = good_text;
  else
    out.failure = verdict.error();
  co_return out;
}

}  // namespace

void add_answers(std::vector<scenario>& all) {
  for (const auto how : {form::whole, form::streamed}) {
    const std::string kind = how == form::whole ? "whole, " : "stream, ";
    all.push_back(scripted(kind + "length", always(good().framed(framing::content_length)), once(how)));
    all.push_back(scripted(kind + "chunked", always(good().framed(framing::chunked)), once(how)));
    all.push_back(scripted(kind + "until close", always(good().framed(framing::until_close)), once(how)));
    all.push_back(scripted(kind + "in pieces of 7", always(good().in_pieces(7)), once(how)));
    all.push_back(scripted(kind + "dripping", always(good().drip(100, 10ms)), once(how)));
    all.push_back(scripted(kind + "three on one connection", always(good()), repeated(how, 3)));
    all.push_back(scripted(kind + "no keep-alive", always(good().header("Connection", "close")), repeated(how, 2)));
  }
  all.push_back(scripted("whole, padded to 100 kB", always(good().padding(100'000)), once(form::whole)));
  all.push_back(scripted("stream, padded events", always(good().padding(20'000)), once(form::streamed)));
  all.push_back(scripted("stream, keep-alives and slow words",
                         always(good().keep_alives(3).first_token_after(1s).between_tokens(100ms)), once(form::streamed)));
  all.push_back(scripted("stream, late end", always(late_end()), repeated(form::streamed, 2)));
  all.push_back(scripted("100 before the answer", always(after_interim("HTTP/1.1 100 Continue\r\n\r\n")), once(form::whole)));
  all.push_back(scripted("103 twice before the answer",
                         always(after_interim("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")),
                         once(form::whole)));
  all.push_back(scripted("large request", always(good()), large_request()));
  all.push_back(scripted("tool call", always(calls_a_tool()), tool_call, R"(look{"at":1})"));
  all.push_back(scripted("health check", always(good()), healthy));
}

}  // namespace cohedge::tests
