#include <cohedge/net/request.hpp>

#include "proxy_tunnel.hpp"

#include <cohedge/core/base64.hpp>
#include <cohedge/wire/http1.hpp>
#include <cohedge/wire/wipe.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>

namespace cohedge::net {

namespace {

/// What a proxy wants of a request that is not tunnelled: its own credential, and the whole URL as the target.
bool asks_proxy(const destination& to) noexcept { return to.via() && !to.tunnelled(); }

constexpr std::array<std::string_view, 7> of_the_connection{
    "connection", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "upgrade"};

result<void> check_fields(std::span<const wire::header> fields) {
  for (const auto& field : fields)
    for (const auto reserved : of_the_connection)
      if (wire::equals_ignore_case(field.name, reserved))
        return error{errc::invalid_argument, std::string{field.name} + " is written by the transport, not as a header"};
  return success();
}

}  // namespace

std::string basic_credential(const proxy& to) {
  const auto credentials = to.credentials().expose();
  std::string field{"Basic "};
  field.reserve(field.size() + (credentials.size() + 2) / 3 * 4);
  append_base64(field, credentials);
  return field;
}

std::string host_field(const origin& to) {
  auto text = to.host.find(':') == std::string::npos ? to.host : '[' + to.host + ']';
  if (to.port != (to.secure ? 443 : 80)) text.append(":").append(std::to_string(to.port));
  return text;
}

bool request_head::idempotent() const noexcept {
  constexpr std::array<std::string_view, 6> safe_twice{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
  return std::ranges::find(safe_twice, std::string_view{method_}) != safe_twice.end();
}

result<request_head> request_head::make(const destination& to, std::string_view method, std::string_view target,
                                        std::span<const wire::header> fields) {
  if (auto checked = check_fields(fields); !checked) return std::move(checked).error();
  const auto host = host_field(to.to());
  const auto whole_target = asks_proxy(to) ? "http://" + host + std::string{target} : std::string{target};
  std::vector<wire::header> all;
  all.reserve(fields.size() + 2);
  all.push_back({"Host", host});
  all.insert(all.end(), fields.begin(), fields.end());
  std::string credential;
  if (asks_proxy(to) && !to.via()->credentials().empty()) {
    credential = basic_credential(*to.via());
    all.push_back({"Proxy-Authorization", credential});
  }

  // Reserved in full: a buffer that grew would leave a copy of a credential behind.
  std::size_t size = 64 + method.size() + whole_target.size();
  for (const auto& field : all) size += field.name.size() + field.value.size() + 4;
  std::string text;
  text.reserve(size);
  auto written = wire::write_request_head(text, method, whole_target, all, std::nullopt);
  request_head made;
  if (written) {
    made.method_ = method;
    made.http1_ = secret{std::string_view{text}.substr(0, text.size() - 2)};
    static std::atomic<std::uint64_t> heads{0};
    made.serial_ = ++heads;
    made.write_http2(to.to().secure ? "https" : "http", host, target, fields);
  }
  wire::wipe(text);
  wire::wipe(credential);
  if (!written) return std::move(written).error();
  return made;
}

void request_head::write_http2(std::string_view scheme, std::string_view authority, std::string_view target,
                               std::span<const wire::header> fields) {
  std::vector<wire::header> all{
      {":method", method_}, {":scheme", scheme}, {":authority", authority}, {":path", target}};
  all.insert(all.end(), fields.begin(), fields.end());
  std::size_t size = 0;
  for (const auto& field : all) size += field.name.size() + field.value.size();
  std::string text;
  text.reserve(size);
  for (const auto& field : all) {
    for (const char c : field.name) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    text.append(field.value);
  }
  http2_text_ = secret{text};
  wire::wipe(text);
  const char* at = http2_text_.expose().data();
  for (const auto& field : all) {
    http2_.push_back({{at, field.name.size()}, {at + field.name.size(), field.value.size()}});
    at += field.name.size() + field.value.size();
  }
}

}  // namespace cohedge::net
