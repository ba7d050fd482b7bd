// Fuzz target for HPACK: the input is blocks of fields that a server sends one after another, each behind its length. The
// oracle is nghttp2: it reads the same, or finds it malformed too. What was read is then written by our encoder, and
// both read that again.

#include "target.hpp"

#include "nghttp2_hpack.hpp"

#include <cohedge/wire/hpack.hpp>

#include <memory>
#include <optional>
#include <string>

namespace cohedge::fuzz {
namespace {

using tests::hpack_fields;

std::optional<hpack_fields> read(wire::hpack_decoder& decoder, std::string_view block) {
  const auto memory = std::make_unique<char[]>(block.size());
  block.copy(memory.get(), block.size());
  decoder.begin({memory.get(), block.size()});
  hpack_fields fields;
  for (wire::header next;;) {
    const auto step = decoder.next(next);
    if (step == wire::hpack_decoder::step::malformed) return std::nullopt;
    if (step == wire::hpack_decoder::step::end) return fields;
    fields.emplace_back(next.name, next.value);
  }
}

void run(std::string_view bytes) {
  choices input{bytes};
  wire::hpack_decoder ours, ours_again;
  wire::hpack_encoder encoder;
  tests::nghttp2_inflater theirs, theirs_again;
  while (!input.empty()) {
    const std::string_view block = input.bytes(input.byte());
    const auto fields = read(ours, block);
    require(fields == theirs.read(block));
    if (!fields) return;
    std::string written;
    encoder.begin(written);
    for (const auto& [name, value] : *fields) encoder.add(written, name, value);
    require(read(ours_again, written) == *fields);
    require(theirs_again.read(written) == *fields);
  }
}

const registered here{"hpack", &run};

}  // namespace
}  // namespace cohedge::fuzz
