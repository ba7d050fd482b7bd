#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/wire/http1.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {

/// One connection on which every response answers the same method: feeds wire::response_parser and keeps what it saw.
class http1_peer {
 public:
  struct answer {
    std::string body;
    std::string content_encoding, transfer_encoding;
  };

  /// With `first_only` everything after the first final response is ignored.
  http1_peer(std::string_view method, bool first_only);

  /// False: no more is wanted.
  bool give(std::string_view piece);
  /// The server closes.
  void close();

  const std::optional<error>& fault() const { return fault_; }
  /// Final responses, the last perhaps incomplete.
  const std::vector<answer>& answers() const { return answers_; }
  /// Of all responses, interim ones too, in order.
  std::vector<int> statuses() const;
  /// How many responses came whole, interim ones too.
  int complete_messages() const;
  /// Of all answers, without CR and LF.
  std::string body() const;

 private:
  std::string header(std::string_view name) const;
  void begin_next();
  void take(std::string_view& piece);

  wire::response_parser parser_;
  std::string method_;
  bool first_only_;
  std::optional<error> fault_;
  std::vector<answer> answers_;
  std::vector<int> statuses_;
  int complete_ = 0;
  bool ended_ = false;
  bool head_seen_ = false;
};

}  // namespace cohedge::tests
