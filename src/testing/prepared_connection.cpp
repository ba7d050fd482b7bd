#include "server_core.hpp"

#include <cohedge/async/sleep.hpp>
#include <cohedge/wire/header.hpp>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

namespace cohedge::testing {

namespace {

constexpr std::size_t incomplete = 0;
constexpr std::size_t longest_request = std::size_t{1} << 20;

/// The size of the request at the front of `input`, or `incomplete`. Looks for the end of the head and for a
/// Content-Length, and takes the rest on trust: the clients of a benchmark are our own.
std::size_t request_size(std::string_view input) noexcept {
  constexpr std::string_view length_field = "content-length:";
  const auto head_end = input.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return incomplete;
  std::size_t body = 0;
  for (auto line = input.find('\n'); line < head_end; line = input.find('\n', line + 1)) {
    auto field = input.substr(line + 1, head_end - line - 1);
    if (!wire::equals_ignore_case(field.substr(0, length_field.size()), length_field)) continue;
    field.remove_prefix(length_field.size());
    field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
    std::from_chars(field.data(), field.data() + field.size(), body);
    break;
  }
  const auto size = head_end + 4 + body;
  return size <= input.size() ? size : incomplete;
}

task<void> send_paced(net::byte_stream& stream, const prepared_answer& answer) {
  chain& here = co_await this_chain;
  // Streams of one millisecond share a wake-up.
  time_point due = std::chrono::ceil<std::chrono::milliseconds>(here.now());
  for (const auto& piece : answer.pieces()) {
    const auto waited = co_await sleep_until{due};
    if (!waited) co_return waited;
    due += answer.every();
    const auto wrote = co_await net::write_all(stream, piece);
    if (!wrote) co_return wrote;
  }
  co_return success();
}

}  // namespace

task<void> serve_prepared(server_core& core, net::byte_stream& stream) {
  const auto answer = core.options().always().prepared_bytes();
  const auto whole = answer->text();
  std::string input(8192, '\0');
  std::size_t begin = 0;
  std::size_t end = 0;
  for (;;) {
    const auto got = co_await net::read_some{stream, std::span{input}.subspan(end)};
    if (!got || got.value() == 0) co_return success();
    end += got.value();
    for (;;) {
      const auto size = request_size(std::string_view{input}.substr(begin, end - begin));
      if (size == incomplete) break;
      begin += size;
      open_request counted{core.board(), {}};
      auto sending = answer->is_paced() ? send_paced(stream, *answer) : net::write_all(stream, whole);
      const auto sent = co_await std::move(sending);
      if (!sent) {
        counted.aborted();
        co_return sent;
      }
      counted.finished();
    }
    std::copy(input.data() + begin, input.data() + end, input.data());
    end -= std::exchange(begin, 0);
    if (end > longest_request) co_return errc::limit_exceeded;
    if (end == input.size()) input.resize(2 * input.size());
  }
}

}  // namespace cohedge::testing
