#include "error_table.hpp"

#include <cohedge/wire/header.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace cohedge::dialect {
namespace {

struct code_row {
  std::string_view code;
  error_class means;
};

using enum error_class;

constexpr std::array codes{
    code_row{"insufficient_quota", quota},
    code_row{"quota_exceeded", quota},
    code_row{"exceeded_current_quota_error", quota},
    code_row{"billing_hard_limit_reached", quota},
    code_row{"billing_not_active", quota},
    code_row{"billing_error", quota},
    code_row{"credit_balance_exhausted", quota},
    code_row{"insufficient_balance", quota},
    code_row{"insufficient_credits", quota},
    code_row{"insufficient_funds", quota},
    code_row{"payment_required", quota},
    code_row{"Arrearage", quota},

    code_row{"context_length_exceeded", context_window},
    code_row{"context_window_exceeded", context_window},
    code_row{"exceed_context_size_error", context_window},
    code_row{"model_max_prompt_tokens_exceeded", context_window},
    code_row{"too_many_prompt_tokens", context_window},
    code_row{"TOO_MANY_TOKENS", context_window},

    code_row{"content_policy_violation", content_policy},
    code_row{"content_filter", content_policy},
    code_row{"ResponsibleAIPolicyViolation", content_policy},
    code_row{"moderation_blocked", content_policy},
    code_row{"data_inspection_failed", content_policy},

    code_row{"invalid_api_key", credential},
    code_row{"API_KEY_INVALID", credential},
    code_row{"API_KEY_SERVICE_BLOCKED", credential},
    code_row{"authentication_error", credential},
    code_row{"invalid_authentication_error", credential},
    code_row{"account_deactivated", credential},
    code_row{"UNAUTHENTICATED", credential},
    code_row{"PERMISSION_DENIED", credential},
    code_row{"permission_error", credential},
    code_row{"AccessDeniedException", credential},
    code_row{"UnrecognizedClientException", credential},
    code_row{"ExpiredTokenException", credential},
    code_row{"InvalidSignatureException", credential},

    code_row{"model_not_found", model_gone},
    code_row{"model_decommissioned", model_gone},
    code_row{"model_deprecated", model_gone},
    code_row{"DeploymentNotFound", model_gone},
    code_row{"unknown_model", model_gone},
    code_row{"invalid_model", model_gone},  // Mistral
    code_row{"not_found_error", model_gone},
    code_row{"ResourceNotFoundException", model_gone},

    code_row{"rate_limit_exceeded", rate_limited},
    code_row{"rate_limit_error", rate_limited},
    code_row{"rate_limit_reached_error", rate_limited},
    code_row{"RateLimitReached", rate_limited},
    code_row{"RESOURCE_EXHAUSTED", rate_limited},
    code_row{"ThrottlingException", rate_limited},
    code_row{"TooManyRequestsException", rate_limited},
    code_row{"slow_down", rate_limited},

    code_row{"overloaded_error", overloaded},
    code_row{"overloaded", overloaded},
    code_row{"engine_overloaded", overloaded},
    code_row{"engine_overloaded_error", overloaded},

    code_row{"server_error", transient},
    code_row{"api_error", transient},
    code_row{"internal_error", transient},
    code_row{"internal_server_error", transient},
    code_row{"timeout_error", transient},
    code_row{"service_unavailable", transient},
    code_row{"unavailable_error", transient},
    code_row{"UNAVAILABLE", transient},
    code_row{"INTERNAL", transient},
    code_row{"DEADLINE_EXCEEDED", transient},

    code_row{"not_supported_error", caller_fault},
    code_row{"tool_use_failed", caller_fault},

    // AWS, but for what stands above.
    code_row{"ServiceQuotaExceededException", quota},
    code_row{"IncompleteSignatureException", credential},
    code_row{"InvalidClientTokenId", credential},
    code_row{"MissingAuthenticationTokenException", credential},
    code_row{"ModelNotReadyException", overloaded},
    code_row{"InternalServerException", transient},
    code_row{"ModelErrorException", transient},
    code_row{"ModelStreamErrorException", transient},
    code_row{"ModelTimeoutException", transient},
    code_row{"ServiceUnavailableException", transient},
    code_row{"ValidationException", caller_fault},
};

// Phrases, in lower case.
struct phrase_row {
  std::string_view phrase;
  error_class means;
  std::string_view begins = {};  // how the message begins, where the phrase alone would say too little
};

constexpr std::array phrases{
    phrase_row{"credit balance", quota},
    phrase_row{"exceeded your current quota", quota},
    phrase_row{"insufficient quota", quota},
    phrase_row{"insufficient credits", quota},
    phrase_row{"insufficient balance", quota},
    phrase_row{"billing hard limit", quota},
    phrase_row{"out of credits", quota},
    phrase_row{"requires more credits", quota},

    phrase_row{"context length", context_window},
    phrase_row{"context window", context_window},
    phrase_row{"context size", context_window},
    phrase_row{"prompt is too long", context_window},
    phrase_row{"prompt too long", context_window},
    phrase_row{"input is too long", context_window},
    phrase_row{"input token count", context_window},
    phrase_row{"input tokens exceeded", context_window},
    phrase_row{"length of all messages is too long", context_window},
    phrase_row{"maximum prompt length", context_window},
    phrase_row{"too many input tokens", context_window},

    phrase_row{"content policy", content_policy},
    phrase_row{"content management policy", content_policy},
    phrase_row{"content filter", content_policy},
    phrase_row{"usage policies", content_policy},
    phrase_row{"flagged by moderation", content_policy},
    phrase_row{"input was flagged", content_policy},
    phrase_row{"safety system", content_policy},

    phrase_row{"incorrect api key", credential},
    phrase_row{"invalid api key", credential},
    phrase_row{"api key not valid", credential},
    phrase_row{"api key is invalid", credential},
    phrase_row{"api key expired", credential},
    phrase_row{"invalid subscription key", credential},
    phrase_row{"api key not found", credential},

    phrase_row{"model not found", model_gone},
    phrase_row{"does not exist or you do not have access", model_gone},
    phrase_row{"model has been decommissioned", model_gone},
    phrase_row{"model has been deprecated", model_gone},
    phrase_row{"is not a valid model id", model_gone},
    phrase_row{"model identifier is invalid", model_gone},
    phrase_row{"does not exist", model_gone, "model "},                         // OpenRouter
    phrase_row{"is not supported. supported models are", model_gone, "model "},  // Voyage
    phrase_row{"with on-demand throughput isn", model_gone},

    phrase_row{"rate limit", rate_limited},
    phrase_row{"too many requests", rate_limited},

    phrase_row{"overloaded", overloaded},
    phrase_row{"at capacity", overloaded},
    phrase_row{"server busy", overloaded},
};

// Whether a phrase of this class is believed in an answer with this status. 0: no status is known.
bool plausible(error_class means, int status) noexcept {
  switch (means) {
    case quota: return status == 0 || status == 400 || status == 402 || status == 403 || status == 429;
    case context_window: return status == 0 || status == 400 || status == 413 || status == 422 || status == 500;
    case content_policy:
    case credential: return status == 0 || status == 400 || status == 401 || status == 403;
    case model_gone: return status == 0 || status == 400 || status == 403 || status == 404;
    case rate_limited: return status == 0;
    case overloaded: return status == 0 || status == 429 || status == 498 || status >= 500;
    default: return false;
  }
}

}  // namespace

std::optional<error_class> class_of_code(std::string_view code) {
  const auto* known =
      std::ranges::find_if(codes, [&](const code_row& row) { return wire::equals_ignore_case(row.code, code); });
  return known == codes.end() ? std::nullopt : std::optional{known->means};
}

std::optional<error_class> class_of_phrase(int status, std::string_view message) {
  std::string text{message};
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  for (const auto& row : phrases)
    if (plausible(row.means, status) && text.starts_with(row.begins) && text.find(row.phrase) != std::string::npos)
      return row.means;
  return std::nullopt;
}

error_class class_of_status(int status) noexcept {
  switch (status) {
    case 401:
    case 403:
    case 407: return credential;  // a proxy's
    case 402: return quota;
    case 404:
    case 405:
    case 410: return model_gone;
    case 408:
    case 409:
    case 424:  // Bedrock: the model failed
    case 425: return transient;
    case 429: return rate_limited;
    case 498:  // Groq: flex tier capacity
    case 529: return overloaded;
    case 501:
    case 505: return caller_fault;
    default: break;
  }
  if (status >= 500) return transient;
  if (status >= 400) return caller_fault;
  // A redirect that was not followed: the address is wrong, so this provider is not there.
  if (status >= 300) return model_gone;
  return pre_content;
}

}  // namespace cohedge::dialect
