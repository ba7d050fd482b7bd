#pragma once

#include <cohedge/chat/completion.hpp>
#include <cohedge/chat/delta.hpp>
#include <cohedge/chat/embedding.hpp>
#include <cohedge/chat/model_info.hpp>
#include <cohedge/chat/request.hpp>
#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>
#include <cohedge/dialect/deviations.hpp>
#include <cohedge/wire/header.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::dialect {

/// What is appended to the path of the base URL: "/chat/completions". A literal, as nearly all are, is not copied.
class target_suffix {
 public:
  target_suffix(const char* literal) noexcept : literal_{literal} {}  // NOLINT(google-explicit-constructor)
  target_suffix(std::string made) noexcept : made_{std::move(made)} {}  // NOLINT(google-explicit-constructor)

  std::string_view text() const noexcept { return made_.empty() ? literal_ : std::string_view{made_}; }
  friend bool operator==(const target_suffix& a, const target_suffix& b) noexcept {
    const auto one = a.text(), other = b.text();
    return one.size() == other.size() && (one.data() == other.data() || one == other);
  }

 private:
  std::string_view literal_;  // of static storage
  std::string made_;
};

/// What goes out: everything of an HTTP request that the API surface decides. The endpoint adds origin, base path,
/// credential and the rest of the headers.
struct request_bytes {
  request_bytes(std::string_view http_method, dialect::target_suffix suffix, std::string json = {})
      : method{http_method}, target_suffix{std::move(suffix)}, body{std::move(json)} {}

  std::string_view method;  ///< "POST" or "GET"; of static storage
  dialect::target_suffix target_suffix;
  std::string body;                  ///< JSON, or empty
  std::vector<std::string> dropped;  ///< what the API cannot express and the request allows to be left out
};

/// The header that carries a key.
struct credential_header {
  std::string_view name = "Authorization";
  std::string_view prefix = "Bearer ";  ///< before the key
};

enum class decode_step : std::uint8_t {
  need_more,  ///< all of the input is used up
  event,      ///< the delta is filled in; call again with what is left of the input
  done,       ///< the answer is complete: nothing more is read
  failed,     ///< `failure()` says why
};

/// Turns the body of one streamed answer into deltas, one at a time. It never looks ahead: what it is given it either
/// consumes or leaves in `input`.
///
/// Not thread-safe, and all decoders of a thread share one JSON parser, so a decoder must not be called from within
/// another one's call. It may move between threads between calls.
class stream_decoder {
 public:
  virtual ~stream_decoder() = default;

  /// Consumes from the front of `input` until it has one delta, and fills in all of it. The bytes of `input` must be
  /// followed by at least 64 readable ones (any content), which the JSON parser may touch. The delta's views are valid
  /// until the next call. `done`: the terminal marker (`[DONE]`) was read.
  ///
  /// Failures: provider_error, malformed_answer, limit_exceeded. Their class is pre_content, or what an embedded error
  /// says, before the first content; truncated after it. After a failure or `done` the decoder is used up.
  virtual decode_step next(std::string_view& input, delta& out) = 0;

  /// To be called when the body has ended, as often as it gives `event`: hands out what an unterminated last event
  /// still holds, then `done` if a finish reason or the terminal marker was seen. Otherwise the answer is cut off:
  /// errc::truncated after content; before it errc::empty_answer, or errc::connection_closed (class pre_content) when
  /// no event came at all.
  virtual decode_step finish(delta& out) = 0;
  /// After `failed`.
  virtual const error& failure() const noexcept = 0;

  /// As the provider named them; empty until they came.
  virtual std::string_view model() const = 0;
  virtual std::string_view id() const = 0;
  /// Content has been handed out: from here on nobody else can take over.
  virtual bool committed() const = 0;
};

/// What requests of an API surface can say: the columns of the table in docs/providers.md.
struct capability_set {
  bool text = false;
  bool images = false;
  bool tools = false;
  bool structured_output = false;  ///< a JSON schema for the answer
  bool reasoning = false;          ///< how much to think
  bool embeddings = false;
  bool models = false;
  bool token_count = false;

  bool operator==(const capability_set&) const = default;
};

/// One API surface: request to bytes, bytes to answer, status and body to error. Stateless; one object is shared by
/// all providers that speak it, from any thread.
class surface {
 public:
  virtual ~surface() = default;

  /// "openai.chat", "legacy.completions".
  virtual std::string_view name() const = 0;

  /// Where providers that speak it want the key; an endpoint may say otherwise.
  virtual credential_header credential() const { return {}; }
  /// Headers that every request needs, `anthropic-version` for example. Of static storage.
  virtual std::span<const wire::header> fixed_headers() const { return {}; }
  /// What streamed answers are asked for as.
  virtual std::string_view stream_media_type() const { return "text/event-stream"; }

  /// Found out by asking `encode` and its relatives: a surface has what arrives in the bytes of a request that has it.
  capability_set capabilities() const;

  /// The request for a completion. Errors: invalid_argument (no messages, raw JSON that is none), unsupported (what the
  /// API cannot express, unless the request has drop_unsupported).
  virtual result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                                       const deviations& server) const = 0;

  /// A whole 2xx body, which must be followed by 64 readable bytes. An error inside of it is classified.
  /// Errors: provider_error, malformed_answer, empty_answer, limit_exceeded.
  virtual result<completion> decode(std::string_view padded_body) const = 0;

  /// A decoder for one streamed answer.
  virtual std::unique_ptr<stream_decoder> decoder(const limits& bounds, const deviations& server = {}) const = 0;

  /// What an answer with a status other than 2xx means.
  virtual error classify(int status, const wire::header_block& headers, std::string_view body) const = 0;

  /// The cheapest request that tells whether the provider is there and takes our key.
  virtual request_bytes check() const = 0;
  /// Success for a 2xx. Otherwise the classified error: `credential` is reachable but misconfigured, `rate_limited` is
  /// alive but limited.
  virtual result<void> check_answer(int status, const wire::header_block& headers, std::string_view body) const = 0;

  // What not every API has: errc::unsupported where it has not. Bodies are 2xx ones, followed by 64 readable bytes.

  /// The request for the vectors of some texts. Errors: invalid_argument, unsupported.
  virtual result<request_bytes> encode_embeddings(const embedding_request& ask, std::string_view model) const;
  /// One vector for each text, in their order. Errors: as `decode`.
  virtual result<embeddings> decode_embeddings(std::string_view padded_body) const;

  /// The request for the list of models, or for what follows `page` (model_list::next_page).
  virtual result<request_bytes> encode_models(std::string_view page) const;
  virtual result<model_list> decode_models(std::string_view padded_body) const;

  /// The request that counts the prompt tokens of a completion request. Errors: as `encode`.
  virtual result<request_bytes> encode_count(const chat_request& ask, std::string_view model,
                                             const deviations& server) const;
  virtual result<std::uint64_t> decode_count(std::string_view padded_body) const;
};

/// All surfaces there are.
std::span<const surface* const> surfaces();
/// The surface that calls itself so; null where there is none.
const surface* surface_named(std::string_view name);

/// OpenAI's chat completions, as OpenAI and some thirty compatible servers speak it.
const surface& openai_chat();
/// OpenAI's Responses API (POST {base}/responses), without the state it can keep: the conversation is in the request.
const surface& openai_responses();
/// The completions API before chat: a prompt in, text out. A request with one message, the user's, sends its text as
/// the prompt. Several turns become paragraphs "role: text" with a blank line between them, and "assistant:" at the end
/// asks for the next. Only text and its sampling can be said; the rest is errc::unsupported. Health: GET {base}/health.
const surface& legacy_completions();

/// Anthropic's Messages API (docs.claude.com/en/api/messages). POST {base}/v1/messages, so the base URL is
/// https://api.anthropic.com, or a gateway's up to its /v1/messages. The key goes into `x-api-key`.
///  - System and developer turns become the system prompt, wherever they stood. Turns of one role in a row become one.
///  - `max_tokens` is required there: without it a request asks for `anthropic_max_tokens`, and the reasoning budget.
///  - A reasoning budget is for models before 4.7. For the others a reasoning effort turns adaptive thinking on.
///  - Files uploaded before want the header `anthropic-beta: files-api-2025-04-14` (endpoint::header).
///  - Blocks that only Anthropic has (server tools and their results) come as `delta_kind::other` when they are complete.
/// Health: GET {base}/v1/models.
const surface& anthropic_messages();
/// The same, of Claude on Google's Vertex AI: POST {base}/models/{model}:rawPredict and :streamRawPredict, where base is
/// https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/anthropic.
/// There is no list of models. Health: a request to count tokens that must be refused as incomplete.
const surface& anthropic_vertex();
/// What an answer may be long at most where the request does not say: all models take it.
inline constexpr std::uint32_t anthropic_max_tokens = 4096;

/// Amazon Bedrock's Converse and ConverseStream, for all models that Bedrock serves, its token counting, and through
/// InvokeModel the embeddings of Amazon Titan and Cohere. Base URL: https://bedrock-runtime.{region}.amazonaws.com.
/// Health: Bedrock answers no free request; a Converse for a model that does not exist tells whether the key is taken.
const surface& bedrock_converse();
/// Claude on Bedrock through InvokeModel and InvokeModelWithResponseStream: the requests and answers of
/// `anthropic_messages`, which say what Converse has no words for. The rest is as for `bedrock_converse`.
const surface& bedrock_invoke();

/// Google's Gemini API (https://ai.google.dev/api/generate-content). POST {base}/models/{model}:generateContent and
/// :streamGenerateContent, so the base URL ends with the version: https://generativelanguage.googleapis.com/v1beta.
///  - System and developer turns become the system instruction, wherever they stood.
///  - A tool's answer is sent with the name of the tool, which is looked up by the id of the call in earlier turns.
///  - Calls come without ids: they are given "call_0", "call_1", … of their own, which are not sent back.
///  - `extra("generationConfig", …)` is put together with what the request says: its members win, one by one.
/// Health: GET {base}/models?pageSize=1.
const surface& gemini_generate_content();
/// The same on Google's Vertex AI. The base URL goes up to the publisher:
/// https://{location}-aiplatform.googleapis.com/v1beta1/projects/{project}/locations/{location}/publishers/google.
/// There is no list of models, and embeddings take one text. Health: the tokens of a short text are counted.
const surface& vertex_generate_content();

/// Ollama's own API (docs/api.md of ollama/ollama): POST {base}/api/chat, so the base URL is http://127.0.0.1:11434.
///  - Thinking is on or off, or one of three levels, as far as the model knows them.
///  - Parts of text are joined to the turn's text; of others, only the bytes of pictures can be sent.
///  - A tool cannot be forced. `extra("options", …)`, for num_ctx and the like, is put together with ours.
/// Health: GET {base}/api/version.
const surface& ollama_chat();
/// Ollama's completion of a prompt: POST {base}/api/generate, for models without a chat template and for texts of which
/// the middle is missing (`extra("suffix", …)`, `extra("raw", "true")`).
///  - A request with one message, the user's, sends its text as the prompt. Several turns become paragraphs, as for
///    `legacy_completions`; system and developer turns are the system prompt, wherever they stood.
///  - No tools. The rest is as for `ollama_chat`.
const surface& ollama_generate();

/// Cohere's chat API, version 2 (https://docs.cohere.com/reference/chat): POST {base}/v2/chat, so the base URL is
/// https://api.cohere.com. The plan of a tool call is reasoning; a tool that must be called is the only one offered.
/// Texts whose purpose is not said are embedded as documents. Health: GET {base}/v1/models?page_size=1.
const surface& cohere_chat();

}  // namespace cohedge::dialect
