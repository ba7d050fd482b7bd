#include "catch.hpp"

// The fuzz target, replayed as a plain test on mutated inputs that follow from a seed.
#define LLVMFuzzerTestOneInput cohedge_fuzz_chat_answer
#include "fuzz/chat_answer_fuzz.cpp"
#undef LLVMFuzzerTestOneInput

#include <random>

namespace {

const std::vector<std::string> corpus{
    "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\u00e9\\ud83d\\ude00\"},"
    "\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"index\":1,\"delta\":{\"reasoning\":\"b\"},\"finish_reason\":"
    "\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":"
    "\"{}\"}},{\"index\":1,\"function\":{\"arguments\":{\"x\":[1]}}}]}}]}\r\n\r\n: ping\r\nevent: error\r\ndata: {\"error\":"
    "{\"code\":429,\"message\":\"m\"}}\r\n\r\n",
    "{\"id\":\"w\",\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"t\"},{\"thinking\":[{\"text\":"
    "\"h\"}]}]},\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens_details\":{\"cached_tokens\":3}}}",
    "{\"choices\":[{\"text\":\"legacy\",\"index\":2,\"finish_reason\":\"content_filter\"}],\"x_groq\":{\"usage\":{}}}",
    "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":null,\"metadata\":{\"raw\":\"x\"},\"details\":[{\"reason\":"
    "\"r\"}]},\"detail\":[{\"msg\":\"d\"}]}",
    "error: {\"message\":\"slot\"}\n\n<html><title>x</title>",
};

std::string mutated(std::mt19937_64& random) {
  static constexpr std::string_view alphabet = "{}[]\",:\\ \n\r0-9eudatnl<\xFF\xC3";
  std::string text = corpus[random() % corpus.size()];
  for (auto rounds = random() % 5; rounds > 0 && !text.empty(); --rounds) {
    const auto at = random() % text.size();
    const auto size = 1 + random() % 20;
    switch (random() % 5) {
      case 0: text[at] = alphabet[random() % alphabet.size()]; break;
      case 1: text.insert(at, 1, alphabet[random() % alphabet.size()]); break;
      case 2: text.erase(at, size); break;
      case 3: text.insert(random() % text.size(), text.substr(at, size)); break;
      default: text = text.substr(0, at) + corpus[random() % corpus.size()];
    }
  }
  return text;
}

}  // namespace

TEST_CASE("fuzz replay: answers of chat and legacy completions", "[dialect][fuzz]") {
  std::mt19937_64 random{20262};
  for (int i = 0; i < 3000; ++i) {
    const auto text = mutated(random);
    CHECK(cohedge_fuzz_chat_answer(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) == 0);
  }
}
