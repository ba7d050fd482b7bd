// A game at 60 frames a second that has its characters talk. The client lives on the game's own thread and gets what a
// frame has left; it never makes a frame late. A line that is not there in time is replaced by a canned one.
//
//   game_loop           against a server inside this program, on a thread of its own
//   game_loop --live    OpenAI (OPENAI_API_KEY)

#include <cohedge/cohedge.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace cohedge::literals;

namespace {

using game_clock = std::chrono::steady_clock;

constexpr auto frame_length = std::chrono::duration_cast<game_clock::duration>(1s) / 60;
constexpr auto network_budget = 2ms;  // of each frame, at most

/// Something that takes about as long as a small game's frame.
void simulate_and_draw() {
  const auto until = game_clock::now() + 3ms;
  while (game_clock::now() < until) {
  }
}

/// A character's line: asked for once, there by its deadline in any case.
class spoken_line {
 public:
  spoken_line(asio::io_context& io, const cohedge::route& chat, const std::string& situation, std::string canned)
      : text_{std::move(canned)} {
    cohedge::chat_request ask{situation};
    ask.system("You are a tired innkeeper. One short sentence.").max_tokens(40);
    const auto done = [this](const cohedge::result<cohedge::completion>& answer) {
      ready_ = true;
      if (!answer) return;  // the deadline, or nobody could be reached: the canned line stands
      text_ = answer->text();
      from_model_ = true;
    };
    cohedge::spawn(io, chat.complete(ask), done);
  }
  spoken_line(const spoken_line&) = delete;
  spoken_line& operator=(const spoken_line&) = delete;

  bool ready() const { return ready_; }
  bool from_model() const { return from_model_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool ready_ = false;
  bool from_model_ = false;
};

/// One frame; gives the time it took, without the wait for the next one.
game_clock::duration frame(asio::io_context& io) {
  const auto begin = game_clock::now();
  simulate_and_draw();
  // One piece of network work at a time, until there is none or the budget is used. What is left can wait for a frame.
  const auto enough = game_clock::now() + network_budget;
  while (game_clock::now() < enough && io.poll_one() != 0) {
  }
  const auto took = game_clock::now() - begin;
  std::this_thread::sleep_until(begin + frame_length);
  return took;
}

void print_frames(const char* what, std::vector<game_clock::duration> frames) {
  std::ranges::sort(frames);
  const auto at = [&](double share) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(frames.size() - 1));
    return std::chrono::duration<double, std::milli>(frames[index]).count();
  };
  std::printf("%-22s %4zu frames: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, of %.1f ms\n", what, frames.size(), at(0.5),
              at(0.95), at(0.99), std::chrono::duration<double, std::milli>(frame_length).count());
}

cohedge::testing::behaviour answer_for(const cohedge::testing::server_request& asked) {
  cohedge::testing::behaviour how;
  if (asked.prompt.find("dragon") != std::string::npos) return how.after(60s);  // nobody will hear this one
  return how.text("Ah, " + asked.prompt + ". Sit down, the stew is hot.").after(120ms);
}

}  // namespace

int main(int argc, char** argv) {
  const bool live = argc > 1 && std::string_view{argv[1]} == "--live";
  cohedge::testing::server_thread server{cohedge::testing::server_options{}.script(answer_for)};

  asio::io_context io;
  const auto stays_ready = asio::make_work_guard(io);  // without work an io_context stops and would need a restart
  cohedge::client client{io.get_executor()};
  auto model = live ? cohedge::openai(client, "gpt-5-nano") : cohedge::openai_compatible(client, server.base_url(), "demo");
  auto chat = cohedge::route("npc").fallback({model}).deadline(live ? 3s : 1s);

  std::vector<game_clock::duration> quiet;
  for (int i = 0; i < 60; ++i) quiet.push_back(frame(io));
  print_frames("without traffic", quiet);

  spoken_line guest{io, chat, "a wet traveller", "Welcome."};
  spoken_line thief{io, chat, "a nervous thief", "Hm."};
  spoken_line dragon{io, chat, "a dragon", "Not again."};
  std::vector<game_clock::duration> busy;
  while (!(guest.ready() && thief.ready() && dragon.ready()) && busy.size() < 240) busy.push_back(frame(io));
  print_frames("while lines come", busy);

  bool good = true;
  for (const auto* line : {&guest, &thief, &dragon}) {
    std::printf("%-8s %s\n", line->from_model() ? "model:" : "canned:", line->text().c_str());
    good = good && line->ready();
  }
  if (!live) good = good && guest.from_model() && thief.from_model() && !dragon.from_model();
  return good ? 0 : 1;
}
