#include <cohedge/dialect/surface.hpp>

namespace cohedge::dialect {
namespace {

error has_no(const surface& api, std::string_view what) {
  return {errc::unsupported, std::string{api.name()}.append(" has no ").append(what)};
}

}  // namespace

result<request_bytes> surface::encode_embeddings(const embedding_request&, std::string_view) const {
  return has_no(*this, "embeddings");
}
result<embeddings> surface::decode_embeddings(std::string_view) const { return has_no(*this, "embeddings"); }

result<request_bytes> surface::encode_models(std::string_view) const { return has_no(*this, "list of models"); }
result<model_list> surface::decode_models(std::string_view) const { return has_no(*this, "list of models"); }

result<request_bytes> surface::encode_count(const chat_request&, std::string_view, const deviations&) const {
  return has_no(*this, "token counting");
}
result<std::uint64_t> surface::decode_count(std::string_view) const { return has_no(*this, "token counting"); }

}  // namespace cohedge::dialect
