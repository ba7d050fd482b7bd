#include "chunk_reader.hpp"
#include "common_surface.hpp"
#include "openai_chat_encode.hpp"

namespace cohedge::dialect {
namespace {

class chat_surface final : public common_surface {
 public:
  std::string_view name() const override { return "openai.chat"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations& server) const override {
    return encode_chat(ask, model, stream, server);
  }

  request_bytes check() const override { return {"GET", "/models"}; }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<chunk_reader>(false); }
};

}  // namespace

const surface& openai_chat() {
  static const chat_surface one;
  return one;
}

}  // namespace cohedge::dialect
