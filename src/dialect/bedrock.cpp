#include <cohedge/wire/json_writer.hpp>

#include "anthropic_encode.hpp"
#include "anthropic_reader.hpp"
#include "bedrock_embeddings.hpp"
#include "body_reading.hpp"
#include "common_surface.hpp"
#include "converse_encode.hpp"
#include "converse_reader.hpp"

namespace cohedge::dialect {
namespace {

/// No model has this name. AWS looks at the signature before it looks for the model.
constexpr std::string_view nobody = "cohedge.check";

class bedrock_surface : public common_surface {
 public:
  request_bytes check() const override {
    return {"POST", model_path(nobody, "converse"), R"({"messages":[{"role":"user","content":[{"text":"."}]}]})"};
  }
  result<void> check_answer(int status, const wire::header_block& headers, std::string_view body) const override {
    auto said = common_surface::check_answer(status, headers, body);
    if (!said && said.error().kind() == error_class::model_gone) return success();  // as it should be
    return said;
  }

  result<request_bytes> encode_embeddings(const embedding_request& ask, std::string_view model) const override {
    return encode_bedrock_embeddings(ask, model);
  }
  result<embeddings> decode_embeddings(std::string_view padded_body) const override {
    return decode_bedrock_embeddings(padded_body);
  }

  result<std::uint64_t> decode_count(std::string_view padded_body) const override {
    return decode_token_count(padded_body, "inputTokens");
  }

 private:
  framing_kind framing() const override { return framing_kind::eventstream; }
};

class converse_surface final : public bedrock_surface {
 public:
  std::string_view name() const override { return "bedrock.converse"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations&) const override {
    return encode_converse(ask, model, stream);
  }
  result<request_bytes> encode_count(const chat_request& ask, std::string_view model,
                                     const deviations&) const override {
    return encode_converse_count(ask, model);
  }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<converse_reader>(); }
};

class invoke_surface final : public bedrock_surface {
 public:
  std::string_view name() const override { return "bedrock.invoke"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations&) const override {
    auto out = encode_messages(ask, model, stream, messages_host::bedrock);
    if (out) out->target_suffix = model_path(model, stream ? "invoke-with-response-stream" : "invoke");
    return out;
  }

  // The body that would be sent, in base64.
  result<request_bytes> encode_count(const chat_request& ask, std::string_view model,
                                     const deviations&) const override {
    auto out = encode_messages(ask, model, false, messages_host::bedrock);
    if (!out) return out;
    std::string body;
    wire::json_writer json{body};
    json.begin_object().key("input").begin_object().key("invokeModel").begin_object();
    write_base64(json.key("body"), out->body);
    json.end_object().end_object().end_object();
    out->body = std::move(body);
    out->target_suffix = model_path(model, "count-tokens");
    return out;
  }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<messages_reader>(); }
};

}  // namespace

const surface& bedrock_converse() {
  static const converse_surface one;
  return one;
}

const surface& bedrock_invoke() {
  static const invoke_surface one;
  return one;
}

}  // namespace cohedge::dialect
