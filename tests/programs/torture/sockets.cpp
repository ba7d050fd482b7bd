// Real sockets, both versions of HTTP, with and without TLS.

#include "scenarios.hpp"

#include <cohedge/route/route.hpp>

namespace cohedge::tests {

using namespace std::chrono_literals;

namespace {

task<answered> two_calls(stage& on, form how) {
  const auto from = on.at("good");
  auto asking = ask(from, how);
  auto first = co_await std::move(asking);
  if (!first || first->failure) co_return first;
  auto asking_again = ask(from, how);
  co_return co_await std::move(asking_again);
}

void add_protocol(std::vector<scenario>& all, const std::string& named, net::http_version version, bool tls) {
  const auto add = [&](const std::string& name, std::function<task<answered>(stage&)> plays,
                       std::string expected = std::string{good_text}) {
    all.push_back({named + name, [=] { return socket_stage(version, tls); }, std::move(plays), std::move(expected)});
  };
  for (const auto how : {form::whole, form::streamed}) {
    const std::string kind = how == form::whole ? ", whole" : ", stream";
    add("two calls" + kind, [how](stage& on) { return two_calls(on, how); });
    add("status 503" + kind, [how](stage& on) { return ask(on.at("broken"), how); }, fails(errc::http_status));
    add("fallback" + kind, [how](stage& on) { return ask(route("r").fallback({on.at("cut"), on.at("good")}), how); });
    add("race" + kind, [how](stage& on) { return ask(route("r").race({on.at("silent"), on.at("good")}), how); });
  }
}

}  // namespace

void add_sockets(std::vector<scenario>& all) {
  using net::http_version;
  add_protocol(all, "HTTP/1.1: ", http_version::http1, false);
  add_protocol(all, "HTTP/1.1, TLS: ", http_version::http1, true);
  add_protocol(all, "HTTP/2: ", http_version::http2, false);
  add_protocol(all, "HTTP/2, TLS: ", http_version::http2, true);
}

}  // namespace cohedge::tests
