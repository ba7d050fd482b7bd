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

exchange::exchange(carried over, bool fresh, bool replayed) noexcept
    : over_{std::move(over)}, fresh_{fresh}, replayed_{replayed} {
  over_->gathered().clear();
}

std::string exchange::coding() const {
  constexpr std::string_view name{"content-encoding"};
  std::string all;
  if (!headers().find(name)) return all;
  for (const auto field : headers())
    if (wire::equals_ignore_case(field.name, name)) all.append(all.empty() ? "" : ", ").append(field.value);
  if (wire::equals_ignore_case(all, "identity")) all.clear();
  return all;
}

result<bool> exchange::try_all(std::string_view& body, std::size_t most) {
  body = {};
  if (ended()) return true;
  if (!coding().empty()) return false;
  std::string_view only;  // the one piece so far, in the receive buffer
  auto& gathered = over_->gathered();
  for (;;) {
    std::string_view piece;
    const auto got = try_body(piece);
    if (!got) return got.error();
    if (!got.value()) break;
    if (piece.size() > most - (only.size() + gathered.size())) {
      over_->abort();
      return error{errc::limit_exceeded, "a body of more than " + std::to_string(most) + " bytes"};
    }
    if (only.empty() && gathered.empty())
      only = piece;
    else
      gathered.append(std::exchange(only, {})).append(piece);
  }
  if (!ended()) return gathered.append(only), false;
  body = gathered.empty() ? only : padded(gathered);
  return true;
}

task<std::string_view> exchange::read_all(std::size_t most) {
  if (auto coded = coding(); !coded.empty()) {
    auto decoding = read_coded(std::move(coded), most);
    co_return co_await std::move(decoding);
  }
  for (;;) {
    std::string_view body;
    const auto got = try_all(body, most);
    if (!got) co_return got.error();
    if (got.value()) co_return body;
    auto reading = more();
    const auto received = co_await std::move(reading);
    if (!received) co_return received.error();
  }
}

task<std::string_view> exchange::read_coded(std::string coding, std::size_t most) {
  auto decoder = wire::content_decoder::make(coding, most);
  if (!decoder) co_return std::move(decoder).error();
  auto& text = over_->gathered();
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
