#pragma once

#include <cohedge/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// Undoes the Content-Encoding of a whole body (RFC 9110 §8.4.1), piece by piece as it arrives:
///  - gzip and x-gzip (RFC 1952): any number of members one after the other, checksums and lengths verified;
///  - deflate: the zlib format (RFC 1950) with its checksum, and raw deflate (RFC 1951), which some servers send;
///  - identity, or no coding: the bytes as they are.
/// A body without a single byte is an empty text in every coding. Holds about 40 kB from the first compressed byte on.
///
/// Errors: `errc::protocol_error` (bytes that are not of that coding, or that follow its end), `errc::limit_exceeded`
/// (more than `most` bytes of text), `errc::connection_closed` from `finish()`, `errc::out_of_memory`. After an error
/// every call gives it again; what was appended before it is of no use.
/// Thread-safety: none, as for `std::string`.
class content_decoder {
 public:
  /// What to ask for in Accept-Encoding.
  static constexpr std::string_view accepted{"gzip, deflate"};

  /// For the value of Content-Encoding, "" where there is none (several fields: joined with commas), and the most
  /// bytes the text may have. `errc::malformed_answer` for every other coding and for two on top of each other.
  static result<content_decoder> make(std::string_view content_encoding, std::size_t most);

  content_decoder(content_decoder&&) noexcept;
  content_decoder& operator=(content_decoder&&) noexcept;
  ~content_decoder();

  /// Appends to `out` the text of the next piece of the body: never more than `most` bytes in all.
  result<void> feed(std::string_view piece, std::string& out);
  /// The body is complete: is the text?
  result<void> finish();

 private:
  enum class coding : std::uint8_t { identity, gzip, deflate };
  struct inflater;

  content_decoder(coding what, std::size_t most) noexcept;
  static std::optional<coding> coding_named(std::string_view name) noexcept;
  std::string_view name() const noexcept;
  result<void> append(std::string_view text, std::string& out);
  result<void> start(char first);
  result<void> begin_member(char first);
  result<void> read_member(std::string_view& piece, std::string& out);
  error fail(errc code, std::string_view what);

  std::unique_ptr<inflater> inflater_;  // from the first byte on; not for identity
  std::optional<error> failure_;
  std::size_t most_;
  std::size_t size_ = 0;  // of the text so far
  coding coding_;
  bool complete_ = true;  // not in the middle of a member
};

}  // namespace cohedge::wire
