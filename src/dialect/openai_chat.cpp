#include "openai_chat.hpp"

#include <cohedge/dialect/error_classification.hpp>

#include "openai_chat_encode.hpp"

namespace cohedge::dialect {
namespace {

class chat_surface final : public surface {
 public:
  std::string_view name() const override { return "openai.chat"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations& server) const override {
    return encode_chat(ask, model, stream, server);
  }

  result<completion> decode(std::string_view padded_body) const override { return decode_answer(padded_body, false); }

  std::unique_ptr<stream_decoder> decoder(const limits& bounds, const deviations& server) const override {
    return make_chunk_decoder(bounds, server, false);
  }

  error classify(int status, const wire::header_block& headers, std::string_view body) const override {
    return classify_http(status, headers, body);
  }

  request_bytes check() const override { return {"GET", "/models"}; }

  result<void> check_answer(int status, const wire::header_block& headers, std::string_view body) const override {
    return judge_check(status, headers, body);
  }
};

}  // namespace

result<void> judge_check(int status, const wire::header_block& headers, std::string_view body) {
  if (status >= 200 && status < 300) return success();
  return classify_http(status, headers, body);
}

const surface& openai_chat() {
  static const chat_surface one;
  return one;
}

}  // namespace cohedge::dialect
