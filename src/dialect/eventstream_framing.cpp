#include "eventstream_framing.hpp"

#include <cohedge/core/base64.hpp>
#include <cohedge/wire/eventstream.hpp>

#include <optional>
#include <string>

#include "json_text.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;

class eventstream_framing final : public framing {
 public:
  explicit eventstream_framing(const limits& bounds) : parser_{bounds} {}

  result<bool> next(std::string_view& input, frame& out) override {
    if (failure_) return *failure_;
    wire::eventstream_message message;
    auto more = parser_.next(input, message);
    if (!more || !more.value()) return more;
    if (!message.same_headers) read_headers(message);
    out.set(type_, kind_ == kind::error ? error_text_ : message.payload, kind_ >= kind::exception);
    if (kind_ == kind::chunk && !unwrap(out))
      return failure_.emplace(errc::malformed_answer, error_class::pre_content, "a chunk that holds no bytes");
    return true;
  }

  // A message that is cut off has nothing to be read.
  bool tail(frame&) override { return false; }

 private:
  enum class kind : std::uint8_t { event, chunk, exception, error };

  void read_headers(const wire::eventstream_message& message) {
    const auto name = message.text(":message-type");
    kind_ = name == "exception" ? kind::exception : name == "error" ? kind::error : kind::event;
    type_ = message.text(kind_ == kind::exception ? ":exception-type"
                         : kind_ == kind::error   ? ":error-code"
                                                  : ":event-type");
    error_text_ = message.text(":error-message");
    if (kind_ == kind::event && type_ == "chunk") kind_ = kind::chunk;
  }

  bool unwrap(frame& out) {
    simdjson::ondemand::document outer;
    simdjson::ondemand::value bytes;
    auto& parser = shared_parser(out.data.size());
    if (parser.iterate(out.data.data(), out.data.size(), out.data.size() + simdjson::SIMDJSON_PADDING).get(outer) !=
            SUCCESS ||
        outer["bytes"].get(bytes) != SUCCESS)
      return false;
    base64_.clear();
    if (!append_text(bytes.raw_json_token(), base64_)) return false;
    auto inner = from_base64(base64_);
    if (!inner) return false;
    inner_ = std::move(*inner);
    const auto size = inner_.size();
    inner_.append(simdjson::SIMDJSON_PADDING, ' ');
    out.data = std::string_view{inner_}.substr(0, size);
    return true;
  }

  wire::eventstream_parser parser_;
  kind kind_ = kind::event;
  std::string_view type_;  // like error_text_ of the parser's headers
  std::string_view error_text_;
  std::optional<error> failure_;
  std::string base64_;
  std::string inner_;  // the document of the last chunk
};

}  // namespace

std::unique_ptr<framing> make_eventstream_framing(const limits& bounds) {
  return std::make_unique<eventstream_framing>(bounds);
}

}  // namespace cohedge::dialect
