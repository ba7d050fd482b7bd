#include "http_provider.hpp"

#include "clock_watch.hpp"
#include "http_stream.hpp"

#include <cohedge/dialect/error_classification.hpp>
#include <cohedge/wire/content_coding.hpp>
#include <cohedge/wire/http1.hpp>
#include <cohedge/wire/rate_limits.hpp>
#include <cohedge/wire/url.hpp>
#include <cohedge/wire/wipe.hpp>

#include <algorithm>
#include <cstring>

namespace cohedge {

namespace {

constexpr int most_redirects = 3;

/// Where the answer sends the same request (RFC 9110 §15.4.8: these keep method and body), if that is within the origin
/// that the key is for. Every other redirect is an error (docs/transport.md).
std::optional<std::string> redirect_target(const net::exchange& answer, const net::origin& same) {
  if (answer.status() != 307 && answer.status() != 308) return std::nullopt;
  auto location = answer.headers().find("location").value_or("");
  location = location.substr(0, location.find('#'));  // the fragment is not for servers
  if (location.starts_with('/') && !location.starts_with("//"))
    return wire::valid_request_target(location) ? std::optional<std::string>{location} : std::nullopt;
  const auto to = wire::parse_url(location);
  if (!to || !(net::origin{to->secure(), to->host, to->port} == same)) return std::nullopt;
  return to->target();
}

bool is_good(const net::exchange& answer) noexcept { return answer.status() / 100 == 2; }

void note_head(const net::exchange& answer, attempt_row& row) {
  row->status = answer.status();
  row->new_connection = answer.new_connection();
  row->request_id = dialect::request_id_of(answer.headers());
  if (!wire::read_rate_limits(answer.headers(), row->rate_limits.emplace())) row->rate_limits.reset();
}

/// Streams ask for identity.
std::optional<error> refuse_coding(const net::exchange& stream) {
  const auto coding = stream.coding();
  if (coding.empty()) return std::nullopt;
  return error{errc::malformed_answer, error_class::pre_content,
               "a stream in the content coding " + coding + ", although identity was asked for"};
}

task<net::exchange> nothing_sent(error why) { co_return why; }

}  // namespace

http_provider::http_provider(std::shared_ptr<client_core> core, const dialect::surface& speaks, endpoint where)
    : core_{std::move(core)}, surface_{speaks}, where_{std::move(where)}, name_{where_.name()} {
  auto parsed = wire::parse_url(where_.base_url());
  if (!parsed) {
    broken_ = where_.unusable() ? *where_.unusable() : std::move(parsed).error();
    if (name_.empty()) name_ = "provider";
    return;
  }
  const auto& base = parsed.value();
  to_ = net::destination{net::origin{base.secure(), base.host, base.port}};
  to_.tls(where_.tls() ? *where_.tls() : core_->tls).version(where_.version()).unix_socket(where_.unix_socket());
  if (where_.via()) {
    to_.via(*where_.via());
  } else if (where_.unix_socket().empty()) {
    auto between = core_->proxies.towards(to_.to());
    if (!between)
      broken_ = std::move(between).error();
    else if (*between)
      to_.via(**between);
  }
  pool_ = core_->transport.pool(to_);
  base_path_ = base.path;
  query_ = base.query;
  if (!query_.empty() && !where_.query().empty()) query_.push_back('&');
  query_.append(where_.query());
  if (name_.empty()) name_ = base.host;
  take_key();
  if (where_.unusable()) broken_ = where_.unusable();
}

void http_provider::take_key() {
  key_header_ = surface_.credential();
  if (!where_.key_header().empty()) key_header_ = {where_.key_header(), where_.key_prefix()};
  const auto key = where_.key().expose();
  if (key.empty()) {
    if (!where_.key_missing().empty()) broken_ = error{errc::missing_credential, where_.key_missing()};
    return;
  }
  if (base_path_.find(key) != std::string::npos || query_.find(key) != std::string::npos) {
    broken_ = error{errc::invalid_argument, "the key does not belong into the URL, which proxies and servers log"};
    return;
  }
  std::string value;
  value.reserve(key_header_.prefix.size() + key.size());  // a text that grew would leave a copy of the key behind
  value.append(key_header_.prefix).append(key);
  key_value_ = secret{value};
  wire::wipe(value);
}

std::optional<error> http_provider::refusal() const {
  if (core_->closed) return error{errc::closed};
  return broken_;
}

result<net::request_head> http_provider::make_head(const dialect::request_bytes& bytes, bool stream,
                                                   std::string_view target) const {
  std::vector<wire::header> fields;
  const auto fixed = surface_.fixed_headers();
  fields.reserve(12 + fixed.size() + where_.headers().size());
  // What the endpoint says counts more than what the API says, and that more than what we do.
  for (const auto& [field, value] : where_.headers()) fields.push_back({field, value.expose()});
  const auto add = [&](std::string_view name, std::string_view value) {
    const auto same = [&](const wire::header& there) { return wire::equals_ignore_case(there.name, name); };
    if (std::ranges::none_of(fields, same)) fields.push_back({name, value});
  };
  if (!key_value_.empty()) add(key_header_.name, key_value_.expose());
  for (const auto& field : fixed) add(field.name, field.value);
  add("Accept", stream ? surface_.stream_media_type() : "application/json");
  add("Accept-Encoding", stream ? "identity" : wire::content_decoder::accepted);
  add("User-Agent", "cohedge/0.1");
  if (!bytes.body.empty()) add("Content-Type", "application/json");
  if (!where_.signer()) return net::request_head::make(to_, bytes.method, target, fields);
  const auto host = net::host_field(to_.to());
  const wire::header signed_ones[] = {{"Host", host}, {"Content-Type", "application/json"}};
  wire::sigv4_request plain{bytes.method, target, signed_ones, bytes.body};
  if (bytes.body.empty()) plain.headers = plain.headers.first(1);
  wire::header_block signature;
  auto done = where_.signer()->sign(plain, time_of(core_->executor)->unix_seconds(), signature);
  if (!done) return std::move(done).error();
  fields.insert(fields.end(), signature.begin(), signature.end());
  auto head = net::request_head::make(to_, bytes.method, target, fields);
  wire::wipe(signature);
  return head;
}

std::string http_provider::target_of(const dialect::request_bytes& bytes) const {
  auto target = base_path_;
  target.append(bytes.target_suffix.text());
  if (target.empty()) target = "/";
  if (!query_.empty()) target.append(target.find('?') == std::string::npos ? "?" : "&").append(query_);
  return target;
}

result<std::shared_ptr<const net::request_head>> http_provider::head_of(const dialect::request_bytes& bytes,
                                                                        bool stream) {
  auto& kept = heads_[stream];
  const bool lasting = !where_.signer();  // a signature is for one body at one time
  if (lasting && kept.head && kept.method == bytes.method && kept.target_suffix == bytes.target_suffix) return kept.head;
  auto made = make_head(bytes, stream, target_of(bytes));
  if (!made) return std::move(made).error();
  kept.head = std::make_shared<const net::request_head>(std::move(made).value());
  kept.method = bytes.method;
  kept.target_suffix = bytes.target_suffix;
  return kept.head;
}

task<net::exchange> http_provider::send(const dialect::request_bytes& bytes, bool stream, net::exchange_watch& watch) {
  const auto head = head_of(bytes, stream);
  if (!head) co_return head.error();
  auto sending = core_->transport.send(*pool_, *head.value(), bytes.body, watch);
  auto sent = co_await std::move(sending);
  if (!sent) co_return sent;
  auto following = follow(bytes, stream, std::move(sent).value(), watch);
  co_return co_await std::move(following);
}

task<net::exchange> http_provider::follow(const dialect::request_bytes& bytes, bool stream, net::exchange answer,
                                          net::exchange_watch& watch) {
  for (int followed = 0; followed < most_redirects; ++followed) {
    const auto target = redirect_target(answer, to_.to());
    if (!target) break;
    const auto head = make_head(bytes, stream, *target);
    if (!head) co_return head.error();
    { const auto done_with = std::move(answer); }
    auto sending = core_->transport.send(*pool_, head.value(), bytes.body, watch);
    auto sent = co_await std::move(sending);
    if (!sent) co_return sent;
    answer = std::move(sent).value();
  }
  co_return answer;
}

// No coroutine of its own: what it returns is awaited as it is.
task<net::exchange> http_provider::open(const chat_request& ask, bool stream, request& sent, attempt_row& row,
                                        clock_watch& watch) {
  auto bytes = surface_.encode(ask, where_.model(), stream, where_.deviations());
  if (!bytes) return nothing_sent(std::move(bytes).error());
  sent.bytes = std::move(bytes).value();
  row->dropped = std::move(sent.bytes->dropped);
  auto head = head_of(*sent.bytes, stream);
  if (!head) return nothing_sent(std::move(head).error());
  sent.head = std::move(head).value();
  return core_->transport.send(*pool_, *sent.head, sent.bytes->body, watch);
}

task<net::exchange> http_provider::insist(const request& sent, bool stream, net::exchange answer, attempt_row& row,
                                          clock_watch& watch) {
  auto following = follow(*sent.bytes, stream, std::move(answer), watch);
  auto last = co_await std::move(following);
  if (!last || is_good(*last)) co_return last;
  note_head(*last, row);
  if (stream) watch.enter(plan::attempt_clocks::phase::first_content);
  auto reading = refused(std::move(last).value());
  const auto why = co_await std::move(reading);
  co_return why.error();
}

/// What an answer with an error status means. Never a success.
task<void> http_provider::refused(net::exchange answer) {
  auto reading = answer.read_all(core_->bounds.error_body);
  const auto body = co_await std::move(reading);
  if (!body && body.error().kind() == error_class::cancelled) co_return body.error();
  co_return surface_.classify(answer.status(), answer.headers(), body ? body.value() : std::string_view{});
}

task<completion> http_provider::complete(chat_request ask, call_context context) {
  const auto self = shared_from_this();
  chain& here = co_await this_chain;
  const auto start = context.now();
  auto opened = attempt_row::open(context, name_, where_.model());
  if (!opened) co_return std::move(opened).error();
  auto& row = opened.value();
  if (const auto no = refusal()) {
    row.failed(*no, start);
    co_return dress(*no);
  }
  auto clocks = clocks_for(ask, false, start, context.deadline());
  clock_watch watch{here, clocks, start, &row};
  result<completion> answer{error{}};
  request asked;
  auto opening = open(ask, false, asked, row, watch);
  auto sent = co_await std::move(opening);
  if (sent && !is_good(*sent)) {
    auto insisting = insist(asked, false, std::move(sent).value(), row, watch);
    sent = co_await std::move(insisting);
  }
  if (sent) {
    note_head(*sent, row);
    std::string_view body;  // nearly always it came with its head
    auto read = sent->try_all(body, core_->bounds.body);
    if (read && !read.value()) {
      auto reading = sent->read_all(core_->bounds.body);
      const auto rest = co_await std::move(reading);
      if (rest)
        body = *rest;
      else
        read = rest.error();
    }
    answer = read ? surface_.decode(body) : result<completion>{std::move(read).error()};
  } else {
    answer = std::move(sent).error();
  }
  const auto now = here.now();
  if (!answer) {
    auto why = dress(std::move(answer).error());
    row.failed(why, now);
    co_return why;
  }
  const auto& used = answer.value().usage();
  if (used.reported) row->tokens = token_count{used.input, used.output, certainty::exact};
  row.first_content(now);
  row.won(now);
  co_return answer;
}

task<completion_stream> http_provider::stream(chat_request ask, call_context context) {
  const auto self = shared_from_this();
  chain& here = co_await this_chain;
  auto source = open_source(ask, context);
  if (!source) co_return std::move(source).error();
  auto& events = *source.value();
  std::optional<clock_watch> watch{std::in_place, here, events.clocks(), context.now(), &events.open_row()};
  request asked;
  auto opening = open(ask, true, asked, events.open_row(), *watch);
  auto sent = co_await std::move(opening);
  if (sent && !is_good(*sent)) {
    auto insisting = insist(asked, true, std::move(sent).value(), events.open_row(), *watch);
    sent = co_await std::move(insisting);
  }
  if (sent) {
    note_head(*sent, events.open_row());
    watch->enter(plan::attempt_clocks::phase::first_content);  // a whole answer's first content is its end
    if (auto coded = refuse_coding(*sent)) sent = std::move(*coded);
  }
  watch.reset();
  const auto now = here.now();
  if (!sent) {
    auto why = dress(std::move(sent).error());
    events.open_row().failed(why, now);
    co_return why;
  }
  events.begin(std::move(sent).value(), surface_.decoder(core_->bounds, where_.deviations()), now);
  completion_stream begun{std::move(source).value(), context.shared_record()};
  auto waiting = begun.first_content(core_->bounds.neutral_events);
  auto first = co_await std::move(waiting);
  if (!first) co_return dress(std::move(first).error());
  co_return begun;
}

result<std::unique_ptr<http_stream>> http_provider::open_source(const chat_request& ask, const call_context& context) {
  auto row = attempt_row::open(context, name_, where_.model());
  if (!row) return std::move(row).error();
  if (const auto no = refusal()) {
    row->failed(*no, context.now());
    return dress(*no);
  }
  const auto clocks = clocks_for(ask, true, context.now(), context.deadline());
  return std::make_unique<http_stream>(core_, std::move(row).value(), clocks);
}

task<void> http_provider::warm_up() {
  const auto self = shared_from_this();
  chain& here = co_await this_chain;
  if (const auto no = refusal()) co_return dress(*no);
  const auto now = here.now();
  const auto latest = plan::after(now, where_.clocks().value_or(core_->clocks).connect());
  const cancel_scope within{here, latest, now, errc::connect_timeout};
  auto connecting = core_->transport.warm_up(*pool_);
  const auto connected = co_await std::move(connecting);
  if (!connected) co_return dress(connected.error());
  co_return success();
}

plan::attempt_clocks http_provider::clocks_for(const chat_request& ask, bool stream, time_point now,
                                               time_point deadline) const {
  auto limits = where_.clocks().value_or(core_->clocks);
  if (!stream) limits.headers(plan::never);  // the headers of a whole answer come when it is complete
  std::size_t prompt_bytes = 0;
  for (const auto& turn : ask.read().messages)
    prompt_bytes += turn.text.size();  // what parts cost is the provider's secret
  plan::attempt_clocks clocks{limits, now, deadline, prompt_bytes};
  clocks.enter(plan::attempt_clocks::phase::waiting, now);  // the transport says when it connects or sends
  return clocks;
}

error http_provider::dress(error raw) const {
  if (raw.kind() == error_class::cancelled || raw.kind() == error_class::superseded) return raw;
  if (!raw.detail().empty()) {
    auto text = scrub(std::string{raw.detail()}, where_.key());
    for (const auto& [field, value] : where_.headers()) text = scrub(std::move(text), value);
    for (const auto& each : where_.hidden()) text = scrub(std::move(text), each);
    raw.with_detail(std::move(text));
  }
  raw.with_provider(name_);
  return raw;
}

}  // namespace cohedge
