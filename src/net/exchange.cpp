#include <cohedge/net/transport.hpp>

#include "carrier.hpp"

#include <cohedge/wire/content_coding.hpp>

#include <string>
#include <utility>

namespace cohedge::net {

namespace {

/// The text, with simdjson's padding behind it in its storage.
std::string_view padded(std::string& text) {
  const auto size = text.size();
  text.append(64, '\0');
  return {text.data(), size};
}

}  // namespace

void exchange_end::operator()(carrier* over) const noexcept { over->release(); }

int exchange::status() const noexcept { return over_->status(); }
const wire::header_block& exchange::headers() const noexcept { return over_->headers(); }
void exchange::drop_headers() noexcept { over_->drop_headers(); }
result<bool> exchange::try_body(std::string_view& piece) { return over_->try_body(piece); }
task<void> exchange::more() { return over_->more(); }
bool exchange::ended() const noexcept { return over_->ended(); }

task<std::string_view> exchange::read_all(std::size_t most) {
  const auto coding = headers().find("content-encoding");
  if (coding && !wire::equals_ignore_case(*coding, "identity")) {
    auto decoding = read_coded(*coding, most);
    co_return co_await std::move(decoding);
  }
  std::string_view only;  // the one piece so far, in the receive buffer
  auto& gathered = over_->gathered();
  gathered.clear();
  for (;;) {
    std::string_view piece;
    const auto got = try_body(piece);
    if (!got) co_return got.error();
    if (got.value()) {
      if (piece.size() > most - (only.size() + gathered.size())) {
        over_->abort();
        co_return error{errc::limit_exceeded, "a body of more than " + std::to_string(most) + " bytes"};
      }
      if (only.empty() && gathered.empty()) {
        only = piece;
        continue;
      }
      gathered.append(std::exchange(only, {})).append(piece);
    } else if (ended()) {
      break;
    } else {
      gathered.append(std::exchange(only, {}));
      auto reading = more();
      const auto received = co_await std::move(reading);
      if (!received) co_return received.error();
    }
  }
  if (gathered.empty()) co_return only;
  co_return padded(gathered);
}

task<std::string_view> exchange::read_coded(std::string_view coding, std::size_t most) {
  auto decoder = wire::content_decoder::make(coding, most);
  if (!decoder) co_return std::move(decoder).error();
  auto& text = over_->gathered();
  text.clear();
  while (!ended()) {
    std::string_view piece;
    const auto got = try_body(piece);
    if (!got) co_return got.error();
    if (got.value()) {
      const auto fed = decoder->feed(piece, text);
      if (fed) continue;
      over_->abort();
      co_return fed.error();
    }
    if (ended()) break;
    auto reading = more();
    const auto received = co_await std::move(reading);
    if (!received) co_return received.error();
  }
  const auto whole = decoder->finish();
  if (!whole) co_return whole.error();
  co_return padded(text);
}

}  // namespace cohedge::net
