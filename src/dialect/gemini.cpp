#include <cohedge/wire/url.hpp>

#include "common_surface.hpp"
#include "gemini_encode.hpp"
#include "gemini_lists.hpp"
#include "gemini_reader.hpp"

namespace cohedge::dialect {
namespace {

class google_surface final : public common_surface {
 public:
  explicit google_surface(google_api api) noexcept : api_{api} {}

  std::string_view name() const override {
    return api_ == google_api::gemini ? "gemini.generateContent" : "vertex.generateContent";
  }
  /// Vertex takes OAuth tokens, Gemini its own keys: in a header, because a query stands in logs.
  credential_header credential() const override {
    return api_ == google_api::gemini ? credential_header{"x-goog-api-key", ""} : credential_header{};
  }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations&) const override {
    return encode_gemini(ask, model, stream);
  }

  result<request_bytes> encode_embeddings(const embedding_request& ask, std::string_view model) const override {
    return encode_gemini_embeddings(ask, model, api_);
  }
  result<embeddings> decode_embeddings(std::string_view padded_body) const override {
    return decode_gemini_embeddings(padded_body);
  }

  result<request_bytes> encode_models(std::string_view page) const override {
    if (api_ == google_api::vertex) return surface::encode_models(page);
    std::string target{"/models?pageSize=1000"};
    if (!page.empty()) wire::append_path_segment(target.append("&pageToken="), page);
    return request_bytes{"GET", std::move(target)};
  }
  result<model_list> decode_models(std::string_view padded_body) const override {
    return api_ == google_api::vertex ? surface::decode_models(padded_body) : decode_gemini_models(padded_body);
  }

  result<request_bytes> encode_count(const chat_request& ask, std::string_view model,
                                     const deviations&) const override {
    return encode_gemini_count(ask, model, api_);
  }
  result<std::uint64_t> decode_count(std::string_view padded_body) const override {
    return decode_gemini_count(padded_body);
  }

  request_bytes check() const override {
    if (api_ == google_api::gemini) return {"GET", "/models?pageSize=1"};
    return {"POST", "/models/gemini-2.5-flash:countTokens",
            R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})"};
  }
  /// Vertex may have let go of that model by now: it answered all the same, and took the credential.
  result<void> check_answer(int status, const wire::header_block& headers, std::string_view body) const override {
    if (api_ == google_api::vertex && status == 404 && body.find("Publisher Model") != std::string_view::npos)
      return success();
    return common_surface::check_answer(status, headers, body);
  }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<gemini_reader>(); }
  framing_kind framing() const override { return framing_kind::sse_or_array; }

  google_api api_;
};

}  // namespace

const surface& gemini_generate_content() {
  static const google_surface one{google_api::gemini};
  return one;
}

const surface& vertex_generate_content() {
  static const google_surface one{google_api::vertex};
  return one;
}

}  // namespace cohedge::dialect
