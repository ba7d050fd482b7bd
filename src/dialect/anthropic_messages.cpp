#include "anthropic_encode.hpp"
#include "anthropic_lists.hpp"
#include "anthropic_reader.hpp"
#include "common_surface.hpp"

#include <span>

namespace cohedge::dialect {
namespace {

class messages_surface : public common_surface {
 public:
  explicit messages_surface(messages_host host) noexcept : host_{host} {}

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations&) const override {
    return encode_messages(ask, model, stream, host_);
  }
  result<request_bytes> encode_count(const chat_request& ask, std::string_view model,
                                     const deviations&) const override {
    return encode_message_count(ask, model, host_);
  }
  result<std::uint64_t> decode_count(std::string_view padded_body) const override {
    return decode_message_count(padded_body);
  }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<messages_reader>(); }

  messages_host host_;
};

class anthropic_surface final : public messages_surface {
 public:
  anthropic_surface() noexcept : messages_surface{messages_host::anthropic} {}
  std::string_view name() const override { return "anthropic.messages"; }
  credential_header credential() const override { return {"x-api-key", ""}; }
  std::span<const wire::header> fixed_headers() const override {
    static constexpr wire::header version[]{{"anthropic-version", "2023-06-01"}};
    return version;
  }
  request_bytes check() const override { return {"GET", "/v1/models?limit=1"}; }
  result<request_bytes> encode_models(std::string_view page) const override { return encode_claude_models(page); }
  result<model_list> decode_models(std::string_view padded_body) const override {
    return decode_claude_models(padded_body);
  }
};

class vertex_surface final : public messages_surface {
 public:
  vertex_surface() noexcept : messages_surface{messages_host::vertex} {}
  std::string_view name() const override { return "anthropic.vertex"; }

  // Vertex lists no models of Anthropic's. Who may ask at all is decided before the body is looked at.
  request_bytes check() const override {
    return {"POST", "/models/count-tokens:rawPredict", R"({"anthropic_version":"vertex-2023-10-16","messages":[]})"};
  }
  result<void> check_answer(int status, const wire::header_block& headers, std::string_view body) const override {
    if (status != 400) return common_surface::check_answer(status, headers, body);
    auto why = classify(status, headers, body);
    if (why.kind() == error_class::caller_fault) return success();
    return why;
  }
};

}  // namespace

const surface& anthropic_messages() {
  static const anthropic_surface one;
  return one;
}

const surface& anthropic_vertex() {
  static const vertex_surface one;
  return one;
}

}  // namespace cohedge::dialect
