#include "replay/place.hpp"

#include <array>
#include <string_view>

namespace cohedge::tests {
namespace {

using std::string_view;

bool holds(string_view text, string_view piece) { return text.find(piece) != string_view::npos; }

// ---- our surfaces by the names used below. One that is built gets a row here, and its recordings are replayed.

struct built {
  string_view dialect;
  const dialect::surface& (*surface)();
};
constexpr built surfaces[]{
    {"openai.chat", dialect::openai_chat},
    {"openai.responses", dialect::openai_responses},
    {"anthropic.messages", dialect::anthropic_messages},
    {"anthropic.messages on Bedrock", dialect::bedrock_invoke},
    {"anthropic.messages on Vertex", dialect::anthropic_vertex},
    {"bedrock.converse", dialect::bedrock_converse},
    {"cohere.chat", dialect::cohere_chat},
    {"gemini", dialect::gemini_generate_content},
    {"gemini on Vertex", dialect::vertex_generate_content},
    {"ollama.chat", dialect::ollama_chat},
    {"ollama.generate", dialect::ollama_generate},
    {"legacy.completions", dialect::legacy_completions},
};

// ---- what is not meant for us

struct other_api {
  string_view surface;
  string_view why;
};
constexpr other_api other_apis[]{
    {"audio", "transcription and speech: no completion"},
    {"cohere.v1.chat", "Cohere's API before v2: other members, and v2 serves the same models"},
    {"files", "management of uploaded files"},
    {"gemini.interactions", "Google's Interactions API: generateContent serves the same models"},
    {"images", "making pictures: no completion"},
    {"other", "management of caches and other objects"},
    {"rerank", "ordering documents: no completion"},
};

// Recordings whose label says chat, list or vectors, while the body is something else that we do not read.
string_view stranger(const recording& one) {
  if (one.framing == "raw" && one.status == 200) return "an echo service answered, no model";
  if (one.surface == "openai.chat" && one.status == 200 && one.framing == "json" && !holds(one.body, "\"choices\""))
    return "labelled chat, but the body is a transcription or embedding";
  if (one.surface == "anthropic.messages" && holds(one.url, "/threads/"))
    return "labelled Anthropic, but the body is a list of OpenAI's Assistants API";
  if (one.surface == "models" && one.status < 300) {
    if (holds(one.url, "replicate.com")) return "a version or a job of Replicate, no list of models";
    if (holds(one.url, "huggingface.co/api/models/"))
      return "one repository of the Hugging Face hub, no list of models";
  }
  return {};
}

// ---- who reads what

struct reading_rule {
  string_view surface;
  family speaks;
  purpose asks;
  string_view dialect;
};
constexpr reading_rule rules[]{
    {"anthropic.messages", family::anthropic, purpose::chat, "anthropic.messages"},
    {"vertex.rawPredict", family::anthropic, purpose::chat, "anthropic.messages on Vertex"},
    {"bedrock.converse", family::bedrock, purpose::chat, "bedrock.converse"},
    {"bedrock.converse-stream", family::bedrock, purpose::chat, "bedrock.converse"},
    {"cohere.v2.chat", family::cohere, purpose::chat, "cohere.chat"},
    {"gemini.generateContent", family::gemini, purpose::chat, "gemini"},
    {"gemini.streamGenerateContent", family::gemini, purpose::chat, "gemini"},
    {"gemini.embed", family::gemini, purpose::embeddings, "gemini"},
    {"legacy.completions", family::legacy_completions, purpose::chat, "legacy.completions"},
    {"ollama.chat", family::ollama, purpose::chat, "ollama.chat"},
    {"ollama.generate", family::ollama, purpose::chat, "ollama.generate"},
    {"ollama.mgmt", family::ollama, purpose::models, "ollama.chat"},
    {"openai.chat", family::openai_chat, purpose::chat, "openai.chat"},
    {"openai.responses", family::openai_responses, purpose::chat, "openai.responses"},
};

struct provider_rule {
  string_view provider;
  family speaks;
  string_view dialect;
};
constexpr provider_rule own_protocols[]{
    {"anthropic", family::anthropic, "anthropic.messages"},
    {"bedrock", family::bedrock, "bedrock.converse"},
    {"cohere", family::cohere, "cohere.chat"},
    {"gemini", family::gemini, "gemini"},
    {"ollama", family::ollama, "ollama.chat"},
    {"vertex", family::gemini, "gemini on Vertex"},
};

place at(family speaks, purpose asks, string_view dialect) {
  place found;
  found.speaks = speaks;
  found.asks = asks;
  found.dialect = dialect;
  return found;
}

// Lists, vectors and counts have one label for all providers.
place by_provider(const recording& one, purpose asks) {
  for (const auto& each : own_protocols)
    if (each.provider == one.provider) return at(each.speaks, asks, each.dialect);
  return at(family::openai_chat, asks, "openai.chat");
}

place invoked(const recording& one) {
  if (holds(one.request_body, "\"anthropic_version\""))
    return at(family::anthropic, purpose::chat, "anthropic.messages on Bedrock");
  // Nova answers InvokeModel as it does Converse, and all errors are alike.
  if (one.status >= 300 || holds(one.url, "amazon.nova")) return at(family::bedrock, purpose::chat, "bedrock.converse");
  place found;
  found.why_not = "a model's own form through InvokeModel: Converse serves the same models";
  return found;
}

place sort(const recording& one) {
  const bool answered = one.status == 200 && one.framing == "json";
  if (answered && holds(one.body, "\"choices\"") && one.surface != "legacy.completions")
    return at(family::openai_chat, purpose::chat, "openai.chat");  // some are labelled otherwise
  if (answered && holds(one.body, "\"candidates\"")) return at(family::gemini, purpose::chat, "gemini");
  if (one.surface == "bedrock.invoke" || one.surface == "bedrock.invoke-stream") return invoked(one);
  if (one.surface == "embeddings") return by_provider(one, purpose::embeddings);
  if (one.surface == "models") return by_provider(one, purpose::models);
  if (one.surface == "count_tokens" || holds(one.url, "/count-tokens")) return by_provider(one, purpose::count);
  if (one.surface == "health") return by_provider(one, purpose::check);
  for (const auto& each : rules) {
    if (each.surface != one.surface) continue;
    const bool on_vertex = each.speaks == family::gemini && one.provider == "vertex";
    return at(each.speaks, each.asks, on_vertex ? "gemini on Vertex" : each.dialect);
  }
  place found;
  for (const auto& each : other_apis)
    if (each.surface == one.surface) found.why_not = each.why;
  if (found.why_not.empty()) found.why_not = "no rule for the surface " + one.surface;
  return found;
}

// Whether the dialect does at all what was asked for. Chat and check are what all do.
bool is_built(const dialect::surface& ours, purpose asks) {
  const auto built = [](const auto& request) { return request || request.error().code() != errc::unsupported; };
  switch (asks) {
    case purpose::embeddings: return built(ours.encode_embeddings(embedding_request{"a text"}, "m"));
    case purpose::models: return built(ours.encode_models(""));
    case purpose::count: return built(ours.encode_count(chat_request{"a text"}, "m", {}));
    case purpose::chat:
    case purpose::check: break;
  }
  return true;
}

string_view name_of(purpose asks) {
  switch (asks) {
    case purpose::embeddings: return ": embeddings";
    case purpose::models: return ": models";
    case purpose::count: return ": count of tokens";
    case purpose::chat:
    case purpose::check: break;
  }
  return "";
}

}  // namespace

place place_of(const recording& exchange) {
  auto found = sort(exchange);
  if (const auto why = stranger(exchange); !why.empty()) found.why_not = why;
  for (const auto& each : surfaces)
    if (each.dialect == found.dialect && is_built(each.surface(), found.asks)) found.ours = &each.surface();
  found.dialect += name_of(found.asks);
  return found;
}

}  // namespace cohedge::tests
