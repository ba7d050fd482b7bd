// Drives the whole SDK, a route over one provider, against a server, and prints one line of JSON: what a request and an
// event of a stream cost in CPU time. bench/transport.sh holds it against raw_asio, which does the same work by hand.
//
//   http_load --mode json|sse|paced --port P [--host H] [--conc N] [--secs S] [--warm W] [--tls CA.pem [--resume]]
//             [--http2] [--fresh]
//
// --fresh: a client that keeps no idle connection, so every request opens one; the TLS context is shared, as always.
// --resume is what the SDK does whenever the server gives it a session. --http2: one connection for all requests;
// without
// --tls by prior knowledge.

#include "support/meter.hpp"
#include "support/options.hpp"
#include "support/request.hpp"

#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/client.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/route/route.hpp>

#include <asio/io_context.hpp>

#include <string>
#include <utility>

namespace {

using bench::options;

struct load {
  options asked;
  cohedge::route route{"bench"};
  cohedge::chat_request prompt;
  bench::meter count{"http_load"};

  const cohedge::error& failed(const cohedge::error& why) {
    count.failed(why.message());
    return why;
  }
};

cohedge::client_options client_options_for(const options& asked) {
  cohedge::limits bounds;
  bounds.connections_per_origin = asked.conc + 1;
  bounds.idle_per_origin = asked.fresh ? 0 : asked.conc;
  cohedge::client_options wanted;
  wanted.bounds(bounds);
  if (!asked.tls.empty()) wanted.extra_ca_file(asked.tls);
  return wanted;
}

cohedge::task<void> read_answers(load& all) {
  for (;;) {
    const auto asked = bench::clock::now();
    auto asking = all.route.complete(all.prompt);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return all.failed(answer.error());
    all.count.text(answer->text().size());
    all.count.answered(asked);
  }
}

cohedge::task<void> read_streams(load& all) {
  for (;;) {
    const auto asked = bench::clock::now();
    auto asking = all.route.stream(all.prompt);
    auto begun = co_await std::move(asking);
    if (!begun) co_return all.failed(begun.error());
    auto& stream = begun.value();
    if (all.asked.mode == options::kind::paced) all.count.first_text(asked);
    while (auto event = co_await stream.next())
      if (event->kind == cohedge::delta_kind::text) all.count.text(event->text.size());
    const auto end = stream.ended();
    if (!end) co_return all.failed(end.error());
    all.count.answered(asked);
  }
}

cohedge::task<void> direct(load& all, asio::io_context& io) {
  const auto warm = co_await cohedge::sleep_for(bench::seconds(all.asked.warm));
  if (!warm) co_return warm;
  for (int looks = 0; !all.count.warm(all.asked) && looks < bench::most_looks; ++looks) {
    const auto waited = co_await cohedge::sleep_for(bench::look_again);
    if (!waited) co_return waited;
  }
  all.count.begin();
  const auto measured = co_await cohedge::sleep_for(bench::seconds(all.asked.secs));
  if (!measured) co_return measured;
  all.count.end();
  io.stop();
  co_return cohedge::success();
}

}  // namespace

int main(int argc, char** argv) {
  load all;
  all.asked = bench::parse(argc, argv);
  const auto scheme = all.asked.tls.empty() ? "http://" : "https://";
  const auto base = scheme + all.asked.host + ':' + std::to_string(all.asked.port) + "/v1";
  all.prompt.system(std::string{bench::system_prompt}).user(std::string{bench::prompt}).max_tokens(bench::max_tokens);

  asio::io_context io{1};
  cohedge::client client{io.get_executor(), client_options_for(all.asked)};
  cohedge::endpoint where{base, "m"};
  where.version(all.asked.http2 ? cohedge::net::http_version::http2 : cohedge::net::http_version::http1);
  const auto provider = cohedge::make_provider(client, cohedge::dialect::openai_chat(), where);
  all.route.fallback({provider}).deadline(std::chrono::minutes{2});
  const bool whole = all.asked.mode == options::kind::json;
  for (std::size_t i = 0; i < all.asked.conc; ++i) cohedge::spawn(io, whole ? read_answers(all) : read_streams(all));
  cohedge::spawn(io, direct(all, io));
  io.run();
  all.count.print(all.asked);
  return all.count.good() ? 0 : 1;
}
