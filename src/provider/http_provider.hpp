#pragma once

#include "client_core.hpp"

#include <cohedge/provider/endpoint.hpp>

#include <array>
#include <optional>
#include <string>

namespace cohedge {

class clock_watch;
class http_stream;

/// An answer and its whole body, which lives as long as the answer.
struct fetched {
  net::exchange answer;
  std::string_view body;
};

/// A dialect spoken to an endpoint over a client's connections.
class http_provider final : public backend {
 public:
  http_provider(std::shared_ptr<client_core> core, const dialect::surface& speaks, endpoint where);

  const std::string& name() const noexcept override { return name_; }
  task<completion> complete(chat_request ask, call_context context) override;
  task<completion_stream> stream(chat_request ask, call_context context) override;
  task<void> check() override;
  task<embeddings> embed(embedding_request ask) override;
  task<model_list> models(std::string page) override;
  task<std::uint64_t> count_tokens(chat_request ask) override;
  task<void> warm_up() override;
  scope* reaper() noexcept override { return &core_->reaper; }
  std::shared_ptr<call_observer> observer() noexcept override { return core_->observer; }

  const limits& bounds() const noexcept { return core_->bounds; }

 private:
  /// Why no request can be made at all, if so.
  std::optional<error> refusal() const;
  result<net::request_head> make_head(const dialect::request_bytes& bytes, bool stream, std::string_view target) const;
  void take_key();
  /// The base URL's path, the API's own target, and all queries in one.
  std::string target_of(const dialect::request_bytes& bytes) const;
  /// The same for all requests that go to the same target, so it is checked and written once.
  result<std::shared_ptr<const net::request_head>> head_of(const dialect::request_bytes& bytes, bool stream);
  /// A request on its way, which may have to be sent once more.
  struct request {
    std::optional<dialect::request_bytes> bytes;
    std::shared_ptr<const net::request_head> head;
  };
  /// Writes `ask` into `sent`, sends that and gives the exchange of whatever is answered.
  task<net::exchange> open(const chat_request& ask, bool stream, request& sent, attempt_row& row, clock_watch& watch);
  /// Where that is no 2xx: follows redirects, and gives the exchange of a 2xx answer or the error.
  task<net::exchange> insist(const request& sent, bool stream, net::exchange answer, attempt_row& row,
                             clock_watch& watch);
  task<void> refused(net::exchange answer);
  /// Sends one request outside of any call and gives the answer with its body, whatever its status.
  task<fetched> fetch(dialect::request_bytes bytes);
  /// The same; an error status is the classified error.
  task<fetched> fetch_good(dialect::request_bytes bytes);
  result<std::unique_ptr<http_stream>> open_source(const chat_request& ask, const call_context& context);
  task<net::exchange> send(const dialect::request_bytes& bytes, bool stream, net::exchange_watch& watch);
  /// The answer, or what the redirects that it begins lead to.
  task<net::exchange> follow(const dialect::request_bytes& bytes, bool stream, net::exchange answer,
                             net::exchange_watch& watch);
  plan::attempt_clocks clocks_for(const chat_request& ask, bool stream, time_point now, time_point deadline) const;
  /// The error as callers see it: ours, and with no secret in it.
  error dress(error raw) const;

  std::shared_ptr<client_core> core_;
  const dialect::surface& surface_;
  endpoint where_;
  std::string name_;
  std::optional<error> broken_;
  net::destination to_{net::origin{false, {}, 0}};
  std::shared_ptr<net::connection_pool> pool_;  // of connections to it
  std::string base_path_;
  std::string query_;  // the base URL's and the endpoint's
  dialect::credential_header key_header_;
  secret key_value_;  // as it stands in that header

  struct written_head {
    std::string_view method;
    dialect::target_suffix target_suffix{""};
    std::shared_ptr<const net::request_head> head;
  };
  std::array<written_head, 2> heads_;  // the latest, of whole answers and of streams
};

}  // namespace cohedge
