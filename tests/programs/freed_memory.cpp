// Memory that is given back must hold no credential: every block that is freed while request heads are made, signed and
// sent over HTTP/2 is searched for one.

#include <cohedge/net/request.hpp>
#include <cohedge/wire/sigv4.hpp>
#include <cohedge/wire/wipe.hpp>

#include "net/http2_session.hpp"

#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view needle{"a-credential-of-forty-characters-or-more"};
bool watching = false;
int found = 0;

void give_back(void* block) noexcept {
  if (watching && block != nullptr) {
    const std::string_view bytes{static_cast<const char*>(block), malloc_usable_size(block)};
    found += bytes.find(needle) != std::string_view::npos ? 1 : 0;
  }
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* block = std::calloc(1, size)) return block;
  std::abort();
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }

namespace {

using namespace cohedge;

net::destination amazon() {
  return net::destination{net::origin{true, "bedrock-runtime.us-east-1.amazonaws.com", 443}};
}

void with_a_bearer_token() {
  const std::string value = "Bearer " + std::string{needle};
  const std::vector<wire::header> fields{{"Authorization", value}, {"Accept", "application/json"}};
  watching = true;
  { const auto head = net::request_head::make(amazon(), "POST", "/model/m/converse", fields); }
  watching = false;  // before our own text dies
}

void with_a_signature() {
  const wire::sigv4_signer signer{{secret{"AKIDEXAMPLE"}, secret{needle}, secret{needle}}, "us-east-1", "bedrock"};
  const wire::header given[] = {{"Host", "bedrock-runtime.us-east-1.amazonaws.com"}};
  watching = true;
  {
    wire::header_block added;
    if (!signer.sign({"POST", "/model/m/converse", given, "{}"}, 1440938160, added)) std::abort();
    const std::vector<wire::header> fields{added.begin(), added.end()};
    { const auto head = net::request_head::make(amazon(), "POST", "/model/m/converse", fields); }
    wire::wipe(added);
  }
  watching = false;
}

/// Heads under names that nobody knows, also one that takes several frames; each comes again.
void over_http2() {
  const std::string large(40'000, 'x');
  const std::string value{needle};
  const std::vector<wire::header> few{{"Authorization", value}, {"Gateway-Auth", value}};
  const std::vector<wire::header> many{{"X-Large", large}, {"Authorization", value}};
  std::string out;
  out.reserve(1 << 20);  // as the connection's own buffer, which is wiped
  const net::request_head heads[] = {std::move(net::request_head::make(amazon(), "POST", "/a", few)).value(),
                                     std::move(net::request_head::make(amazon(), "POST", "/b", many)).value()};
  watching = true;
  {
    net::http2_session session{limits{}};
    for (int i = 0; i < 6; ++i) {
      net::http2_response response;
      if (!session.open(response, heads[i / 3], "{}") || !session.collect(out, out.capacity())) std::abort();
      session.forget(response);
    }
  }
  watching = false;
  if (out.find(needle) == std::string::npos) std::abort();
}

int failed = 0;

void check(const char* what, void (*run)(), bool must_be_clean) {
  found = 0;
  run();
  const bool good = (found == 0) == must_be_clean;
  std::printf("%s: %d freed blocks with the credential%s\n", what, found, good ? "" : ": WRONG");
  failed += good ? 0 : 1;
}

// The search works: a text that is just dropped is found.
void careless() {
  watching = true;
  { const std::string copy{needle}; }
  watching = false;
}

}  // namespace

int main() {
  check("a text that is dropped", careless, false);
  check("a bearer token", with_a_bearer_token, true);
  check("a signature with a session token", with_a_signature, true);
  check("requests over HTTP/2", over_http2, true);
  return failed;
}
