#include "catch.hpp"

// The fuzz targets, replayed as plain tests on mutated inputs that follow from a seed.
#define LLVMFuzzerTestOneInput cohedge_fuzz_http1
#include "fuzz/http1_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput cohedge_fuzz_sse
#include "fuzz/sse_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput cohedge_fuzz_url
#include "fuzz/url_fuzz.cpp"
#undef LLVMFuzzerTestOneInput

#include <random>
#include <string>
#include <vector>

namespace {

using namespace std::string_view_literals;
using target = int (*)(const std::uint8_t*, std::size_t);

std::string mutated(const std::vector<std::string>& corpus, std::mt19937_64& random, std::string_view alphabet) {
  std::string text = corpus[random() % corpus.size()];
  for (auto rounds = random() % 4; rounds > 0 && !text.empty(); --rounds) {
    const auto at = random() % text.size();
    const auto size = 1 + random() % 12;
    switch (random() % 6) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text[at] = alphabet[random() % alphabet.size()]; break;
      case 2: text.insert(at, 1, alphabet[random() % alphabet.size()]); break;
      case 3: text.erase(at, size); break;
      case 4: text.insert(random() % text.size(), text.substr(at, size)); break;
      default: {
        const std::string& other = corpus[random() % corpus.size()];
        text = text.substr(0, at) + other.substr(random() % other.size());
      }
    }
  }
  return text;
}

void replay(target fuzz, const std::vector<std::string>& corpus, std::string_view alphabet, int runs) {
  std::mt19937_64 random{20251};
  for (int i = 0; i < runs; ++i) {
    const auto text = mutated(corpus, random, alphabet);
    CHECK(fuzz(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) == 0);
  }
}

}  // namespace

TEST_CASE("fuzz replay: http1") {
  // The first byte chooses the method, the parser and the cutting.
  const std::string head = "HTTP/1.1 200 OK\r\nServer: x\r\n";
  const std::string chunked =
      head + "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0a\r\n0123456789\r\n0\r\nT: 1\r\n\r\n";
  std::vector<std::string> corpus{
      '0' + head + "Content-Length: 5\r\n\r\nhello" + head + "Content-Length: 1\r\n\r\nx",
      '8' + chunked + chunked,
      'l' + head + "\r\nuntil close",
      '0' + ("HTTP/1.1 100 Continue\r\n\r\n" + head) + "Content-Length: 2, 2\r\nConnection: close\r\n\r\nhi",
      '1' + head + "Content-Length: 5\r\n\r\n" + chunked,
      '2' + head + "\r\n",
      "3POST /v1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\r\nGET / HTTP/1.0\r\n\r\n",
      "3POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "0HTTP/1.0 204 No\r\nConnection: keep-alive\r\n\r\n",
  };
  replay(&cohedge_fuzz_http1, corpus, "\r\n:; \t\"=,0123456789abcfHTP/.\x7f", 600);
}

TEST_CASE("fuzz replay: sse") {
  std::vector<std::string> corpus{
      "data: {\"a\":1}\n\ndata: [DONE]\n\n",
      "\xEF\xBB\xBF"
      "event: x\r\nid: 1\r\ndata: y\r\ndata: z\r\n\r\nretry: 10\r\n\r\n",
      "data: a\rdata: b\r\rdata: c\r\r",
      ": comment\n\nerror: {}\ndata: x\n\nid\ndata\n\ntail",
      "data: " + std::string(290, 'x') + "\n\n",
      "data: " + std::string(200, 'x') + "\ndata: " + std::string(199, 'y') + "\n\n",
  };
  replay(&cohedge_fuzz_sse, corpus, "\r\n: \0dataevntirorx\xEF\xBB\xBF"sv, 600);
}

TEST_CASE("fuzz replay: url") {
  std::vector<std::string> corpus{
      "https://api.openai.com/v1/", "http://[2001:db8::1]:8080/a%20b?c=d", "http://127.0.0.1:11434",
      "https://user@h/#x",          "https://[::ffff:1.2.3.4]/?/",         "HTTP://A.B-c_d:65535//x//",
  };
  replay(&cohedge_fuzz_url, corpus, "/:[]@?#%.-0123456789abcdefXYZ ", 2000);
}
