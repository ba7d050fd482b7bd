#include "chunk_reader.hpp"
#include "openai_chat_encode.hpp"
#include "openai_surface.hpp"

namespace cohedge::dialect {
namespace {

class chat_surface final : public openai_surface {
 public:
  std::string_view name() const override { return "openai.chat"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations& server) const override {
    return encode_chat(ask, model, stream, server);
  }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<chunk_reader>(false); }
};

}  // namespace

const surface& openai_chat() {
  static const chat_surface one;
  return one;
}

}  // namespace cohedge::dialect
