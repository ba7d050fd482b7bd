// Content codings. Oracles: any bytes give the same text or the same failure however they are cut, and never more text
// than the limit; what zlib compressed comes out as it was, is incomplete where it was cut off, and damage to gzip is
// found. The first bytes choose what is done.

#include "target.hpp"

#include "conform/cuts.hpp"
#include "zip.hpp"

#include <cohedge/wire/content_coding.hpp>

#include <array>
#include <string>

namespace cohedge::fuzz {
namespace {

using tests::zip_format;

struct decoded {
  std::string text;
  errc fault = errc::none;
};

decoded decode(std::string_view coding, std::string_view body, const tests::cutting& cut, std::size_t most) {
  auto decoder = std::move(wire::content_decoder::make(coding, most)).value();
  decoded out;
  tests::feed(body, cut, [&](std::string_view piece) { return decoder.feed(piece, out.text).has_value(); });
  require(out.text.size() <= most);
  if (const auto finished = decoder.finish(); finished.has_error()) out.fault = finished.error().code();
  return out;
}

void check_raw(std::string_view coding, std::string_view body) {
  constexpr std::size_t most = 5'000;
  const auto whole = decode(coding, body, {}, most);
  for (std::size_t size : {1U, 7U}) {
    const auto cut = decode(coding, body, {"", {size}}, most);
    require(cut.fault == whole.fault);
    require(cut.text == whole.text || whole.fault != errc::none);
  }
}

void check_zipped(zip_format format, choices& in) {
  const std::string_view coding{format == zip_format::gzip ? "gzip" : "deflate"};
  const auto level = static_cast<int>(in.below(10));
  const auto times = 1 + in.below(8);
  const tests::cutting cut{"", {1 + in.below(200), 1 + in.below(32)}};
  const auto place = in.below(256) * 256 + in.below(256);
  std::string text;
  const auto part = in.rest().substr(0, 500);
  for (std::size_t i = 0; i < times; ++i) text.append(part);
  auto body = tests::zip(text, format, level);

  const auto whole = decode(coding, body, cut, text.size());
  require(whole.fault == errc::none && whole.text == text);
  if (!text.empty()) require(decode(coding, body, cut, text.size() - 1).fault == errc::limit_exceeded);
  const auto shorter = 1 + place % (body.size() - 1);
  require(decode(coding, body.substr(0, shorter), cut, text.size()).fault == errc::connection_closed);

  body[place % body.size()] = static_cast<char>(body[place % body.size()] ^ (1 << level % 8));
  const auto damaged = decode(coding, body, cut, text.size());
  if (format == zip_format::gzip) require(damaged.fault != errc::none || damaged.text == text);
}

void run(std::string_view bytes) {
  choices in{bytes};
  switch (in.below(5)) {
    case 0: return check_raw("gzip", in.rest());
    case 1: return check_raw("deflate", in.rest());
    case 2: return check_zipped(zip_format::gzip, in);
    case 3: return check_zipped(zip_format::zlib, in);
    default: return check_zipped(zip_format::raw, in);
  }
}

const registered here{"content_coding", &run};

}  // namespace
}  // namespace cohedge::fuzz
