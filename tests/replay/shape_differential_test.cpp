// A reader that recognizes documents against one that reads each of them: over the recorded streams, and over the same
// documents changed a little, as each would come next in its stream.

#include "catch.hpp"
#include "replay/place.hpp"
#include "replay/recordings.hpp"

#include "dialect/anthropic_reader.hpp"
#include "dialect/chunk_reader.hpp"
#include "dialect/cohere_reader.hpp"
#include "dialect/converse_reader.hpp"
#include "dialect/framing.hpp"
#include "dialect/gemini_reader.hpp"
#include "dialect/ollama_reader.hpp"
#include "dialect/responses_reader.hpp"

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace cohedge;
using dialect::answer_reader;
using dialect::framing_kind;
using tests::family;

namespace {

struct event {
  std::string type;
  std::string json;
};

template <std::size_t Size>
std::string_view one_of(const std::string_view (&all)[Size], std::mt19937& random) {
  return all[random() % Size];
}

std::string padded(std::string_view text) { return std::string{text} + std::string(simdjson::SIMDJSON_PADDING, ' '); }

std::vector<event> events_of(const std::string& body, framing_kind kind) {
  const auto memory = padded(body);
  std::string_view input{memory.data(), body.size()};
  std::vector<event> all;
  const auto first = input.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return all;
  const auto frames = dialect::framing_for(kind, input[first], limits{});
  if (!frames) return all;
  dialect::frame one;
  for (auto more = frames->next(input, one); more && more.value(); more = frames->next(input, one))
    all.push_back({std::string{one.type}, std::string{one.data}});
  return all;
}

/// What a reader made of a document, and what it knows behind it, as text.
std::string description(const answer_reader& reader, answer_reader::verdict verdict, bool& committed) {
  auto all = std::to_string(static_cast<int>(verdict)) + (reader.all_finished() ? " finished" : "") +
             (reader.ended() ? " ended " : " ") + reader.id() + " " + reader.model() + " " + reader.service_tier();
  delta out;
  for (const auto& piece : reader.pieces()) {
    reader.fill(piece, out);
    committed = committed || out.is_content();
    all.append(" [").append(std::to_string(static_cast<int>(out.kind)) + "," + std::to_string(out.choice) + "," +
                            std::to_string(out.tool_index) + "," + std::to_string(static_cast<int>(out.finish)));
    for (const auto text : {out.text, out.id, out.name, out.signature}) all.append(",").append(text);
    all.append("]");
  }
  const auto& counts = reader.counts();
  if (!counts.reported) return all;
  for (const auto count :
       {counts.input, counts.output, counts.total, counts.cached, counts.cache_written, counts.reasoning})
    all.append(" ").append(std::to_string(count));
  return all;
}

std::string said(answer_reader& reader, const event& one, bool& committed) {
  const auto memory = padded(one.json);
  return description(reader, reader.next({one.type, {memory.data(), one.json.size()}}, committed), committed);
}

std::string said_by_whole(answer_reader& reader, const std::string& body) {
  const auto memory = padded(body);
  bool committed = false;
  return description(reader, reader.whole({memory.data(), body.size()}), committed);
}

/// The event as something like it: never the same JSON, and mostly none at all, or other values where it stood.
event changed(event one, std::mt19937& random) {
  constexpr std::string_view numbers[] = {"0", "7", "01", "-1", "1.5", "1e3", "18446744073709551615", "99999999999999999999",
                                          "null", ""};
  constexpr std::string_view texts[] = {"", "a", "\\n", "\\q", "\\", "\\u00e9", "\\ud83d", "\\u12", "\n", "\xC3\xA9",
                                        "\xFF", "\\\xC3\xA9", "\"", "\",\"content\":\"b", "                   \\\"   "};
  constexpr std::string_view insertions[] = {" ", "\"", "\\", "}", "{", ",", "]", "0", "9", "-", ".", "\x01", "\x80"};
  auto& json = one.json;
  if (json.empty()) return one;
  const auto at = random() % json.size();
  switch (random() % 6) {
    case 0: json[at] = static_cast<char>(random()); break;
    case 1: json.insert(at, one_of(insertions, random)); break;
    case 2: json.erase(at, 1 + random() % 3); break;
    case 3:
      if (const auto digit = json.find_first_of("0123456789", at); digit != std::string::npos)
        json.replace(digit, std::min(json.find_first_not_of("0123456789", digit), json.size()) - digit,
                     one_of(numbers, random));
      break;
    case 4:
      if (const auto text = json.find(":\"", at); text != std::string::npos)
        json.replace(text + 2, std::min(json.find('"', text + 2), json.size()) - text - 2, one_of(texts, random));
      break;
    default: one.type += "x";
  }
  return one;
}

/// How many events were compared.
template <class Reader>
int compare(const std::vector<event>& events, const Reader& fresh, std::mt19937& random) {
  Reader warm{fresh}, cold{fresh};
  bool warm_committed = false, cold_committed = false;
  int compared = 0;
  const auto same = [&](const event& one, Reader& of_warm, bool in_warm, Reader& of_cold, bool in_cold) {
    of_cold.forget_shape();
    const auto got = said(of_warm, one, in_warm), want = said(of_cold, one, in_cold);
    ++compared;
    if (got == want) return true;
    CAPTURE(one.type, one.json);
    CHECK(got == want);
    return false;
  };
  for (const auto& one : events) {
    for (int i = 0; i < 60; ++i) {
      Reader other_warm{warm}, other_cold{cold};
      const auto other = changed(one, random);
      if (!same(other, other_warm, warm_committed, other_cold, cold_committed)) return compared;
      // What it does to those that follow.
      if (i % 2 == 0 && !same(one, other_warm, warm_committed, other_cold, cold_committed)) return compared;
    }
    cold.forget_shape();
    if (said(warm, one, warm_committed) != said(cold, one, cold_committed)) {
      FAIL_CHECK("other than read in full: " << one.json);
      return compared;
    }
  }
  return compared;
}

/// The same for a whole answer: each changed one behind the recorded one, and the recorded one behind it.
template <class Reader>
int compare_whole(const std::string& body, const Reader& fresh, std::mt19937& random) {
  Reader warm{fresh};
  for (int i = 0; i < 200; ++i) {
    const auto other = i % 2 == 0 ? changed({{}, body}, random).json : body;
    Reader cold{fresh};
    const auto got = said_by_whole(warm, other), want = said_by_whole(cold, other);
    if (got == want) continue;
    CAPTURE(other);
    CHECK(got == want);
    return i;
  }
  return 200;
}

/// Calls `use(reader, framing)` with a fresh reader of this exchange's API, and how its streams are framed.
template <class Use>
int with_reader(const tests::place& at, const Use& use) {
  switch (at.speaks) {
    case family::openai_chat: return use(dialect::chunk_reader{false}, framing_kind::sse);
    case family::legacy_completions: return use(dialect::chunk_reader{true}, framing_kind::sse);
    case family::openai_responses: return use(dialect::responses_reader{}, framing_kind::sse);
    case family::anthropic: return use(dialect::messages_reader{}, framing_kind::sse);
    case family::gemini: return use(dialect::gemini_reader{}, framing_kind::sse_or_array);
    case family::bedrock:
      if (at.ours == &dialect::bedrock_converse()) return use(dialect::converse_reader{}, framing_kind::eventstream);
      return use(dialect::messages_reader{}, framing_kind::eventstream);
    case family::cohere: return use(dialect::cohere_reader{}, framing_kind::sse);
    case family::ollama: return use(dialect::ollama_reader{}, framing_kind::ndjson);
  }
  return 0;
}

/// Calls `use(body, reader, framing)` for every recorded answer of a model, streamed or whole; it gives how many documents
/// it compared. How many answers there were, and the sum.
template <class Use>
std::pair<int, int> each_recorded(const std::vector<tests::recording>& all, bool streamed, const Use& use) {
  std::pair<int, int> sum{0, 0};
  for (const auto& exchange : all) {
    const auto at = tests::place_of(exchange);
    const bool ours = at.why_not.empty() && at.ours != nullptr && at.asks == tests::purpose::chat;
    if (!ours || exchange.is_stream() != streamed) continue;
    CAPTURE(exchange.id, exchange.surface);
    ++sum.first;
    sum.second += with_reader(
        at, [&](const auto& fresh, framing_kind kind) { return use(exchange.body, fresh, kind); });
  }
  return sum;
}

}  // namespace

TEST_CASE("recorded events are recognized as what they say, and so is anything like them", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  std::mt19937 random{20261126};
  const auto [streams, compared] =
      each_recorded(all, true, [&](const std::string& body, const auto& fresh, framing_kind kind) {
        return compare(events_of(body, kind), fresh, random);
      });
  WARN(streams << " streams, " << compared << " events compared");
  CHECK(streams > 100);
  CHECK(compared > 100'000);
}

TEST_CASE("recorded whole answers, and anything like them, are recognized as what they say", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  std::mt19937 random{20261127};
  const auto [answers, compared] = each_recorded(
      all, false, [&](const std::string& body, const auto& fresh, framing_kind) { return compare_whole(body, fresh, random); });
  WARN(answers << " whole answers, " << compared << " like them compared");
  CHECK(answers > 100);
  CHECK(compared == 200 * answers);
}

TEST_CASE("an event is not recognized across one that changes what it means", "[dialect]") {
  const auto thought = [](std::string_view text) {
    return event{"contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"text":")" + std::string{text} +
                                          R"("}},"p":"a"})"};
  };
  const event stop{"contentBlockStop", R"({"contentBlockIndex":0,"p":"a"})"};
  dialect::converse_reader reader;
  bool committed = true;
  const auto begun = said(reader, thought("one"), committed);
  CHECK(said(reader, thought("two"), committed).find("two") != std::string::npos);
  const auto ended = said(reader, stop, committed);
  // The block is closed: the same event opens it again, which a stop shows.
  CHECK(said(reader, thought("one"), committed) == begun);
  CHECK(said(reader, stop, committed) == ended);
}
