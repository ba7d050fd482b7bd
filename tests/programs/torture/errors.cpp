// Answers that are errors, that lie about themselves, or that are too large.

#include "scenarios.hpp"

#include <cohedge/testing/scripted_response.hpp>

namespace cohedge::tests {

using testing::behaviour;
using testing::scripted_response;
using namespace std::chrono_literals;

void add_errors(std::vector<scenario>& all) {
  for (const int status : {400, 401, 404, 413, 429, 500, 503, 529})
    all.push_back(scripted("status " + std::to_string(status), always(behaviour{}.status(status)), once(form::whole),
                           fails(errc::http_status)));
  all.push_back(scripted("stream, status 429", always(behaviour{}.rate_limited(3s, testing::retry_after_form::seconds)),
                         once(form::streamed), fails(errc::http_status)));
  all.push_back(scripted("error body chunked, in pieces",
                         always(behaviour{}.status(500).framed(testing::framing::chunked).in_pieces(5)),
                         once(form::whole), fails(errc::http_status)));
  all.push_back(scripted("error body too large", always(behaviour{}.status(500, std::string(200'000, 'x'))),
                         once(form::whole), fails(errc::http_status)));
  all.push_back(scripted("error as 200", always(behaviour{}.error(500, "server_error", "", "no").as_200()),
                         once(form::whole), fails(errc::provider_error)));
  all.push_back(scripted("stream, error event", always(good().error_after_tokens(0)), once(form::streamed),
                         fails(errc::provider_error)));
  all.push_back(scripted("stream, error after content", always(good().error_after_tokens(2)), once(form::streamed),
                         fails(errc::provider_error)));
  all.push_back(scripted("stream, malformed event", always(good().malformed_after_tokens(1)), once(form::streamed),
                         fails(errc::malformed_answer)));
  all.push_back(scripted("stream, empty", always(behaviour::respond(scripted_response{}.event("[DONE]"))),
                         once(form::streamed), fails(errc::empty_answer)));
  all.push_back(scripted("HTML", always(behaviour::replay(200, {{"Content-Type", "text/html"}}, "<html>hi</html>")),
                         once(form::whole), fails(errc::malformed_answer)));
  all.push_back(scripted("no content (204)", always(behaviour::respond(scripted_response{204})), once(form::whole),
                         fails(errc::empty_answer)));
  all.push_back(scripted("rubbish instead of HTTP", always(behaviour::respond(scripted_response{}.garbage(300))),
                         once(form::whole), fails(errc::protocol_error)));

  limits small;
  small.header_block = 200;
  small.header_line = 100;
  auto large_head = always(good().header("X-Large", std::string(300, 'x')));
  large_head.bounds = small;
  all.push_back(scripted("head over the limit", large_head, once(form::whole), fails(errc::limit_exceeded)));
  limits tight;
  tight.body = 1000;
  auto large_body = always(good().padding(5000));
  large_body.bounds = tight;
  all.push_back(scripted("body over the limit", large_body, once(form::whole), fails(errc::limit_exceeded)));
}

}  // namespace cohedge::tests
