#pragma once

#include "conform_result.hpp"

#include <iosfwd>

namespace cohedge::tests {

/// Runs wire::sigv4_signer over cases of AWS's signing suite, one JSON object a line (fixtures/sigv4_cases.jsonl): the
/// canonical request, the string to sign, the signature and the fields of the signed request, for requests that carry
/// the signature in a header. Signatures in the query (presigned URLs) are not ours to make.
conform_result conform_sigv4(std::istream& jsonl);

}  // namespace cohedge::tests
