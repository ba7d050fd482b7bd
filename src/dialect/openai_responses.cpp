#include "openai_surface.hpp"
#include "responses_encode.hpp"
#include "responses_reader.hpp"

namespace cohedge::dialect {
namespace {

class responses_surface final : public openai_surface {
 public:
  std::string_view name() const override { return "openai.responses"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations& server) const override {
    return encode_response(ask, model, stream, server);
  }

  result<request_bytes> encode_count(const chat_request& ask, std::string_view model,
                                     const deviations& server) const override {
    return encode_response_count(ask, model, server);
  }

  // {"object": "response.input_tokens", "input_tokens": 11}
  result<std::uint64_t> decode_count(std::string_view padded_body) const override {
    const auto json = trimmed(padded_body);
    simdjson::ondemand::document document;
    std::uint64_t count = 0;
    auto& parser = shared_parser(json.size());
    if (json.empty() ||
        parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING).get(document) !=
            simdjson::SUCCESS ||
        document["input_tokens"].get_uint64().get(count) != simdjson::SUCCESS)
      return unexpected_body(json);
    return count;
  }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<responses_reader>(); }
};

}  // namespace

const surface& openai_responses() {
  static const responses_surface one;
  return one;
}

}  // namespace cohedge::dialect
