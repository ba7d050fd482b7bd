#pragma once

#include "http_provider.hpp"

namespace cohedge {

/// The events of one streamed HTTP answer: exchange > decoder > deltas.
class http_stream final : public stream_source {
 public:
  http_stream(std::shared_ptr<client_core> core, attempt_row row, const plan::attempt_clocks& clocks)
      : core_{std::move(core)}, index_{row.index()}, row_{std::move(row)}, clocks_{clocks} {}

  attempt_row& open_row() noexcept { return row_; }
  plan::attempt_clocks& clocks() noexcept { return clocks_; }
  /// The head of the answer is there.
  void begin(net::exchange over, std::unique_ptr<dialect::stream_decoder> decoder, time_point now) {
    exchange_ = std::move(over);
    exchange_->drop_headers();
    decoder_ = std::move(decoder);
    arrived_ = now;
  }

  step poll(delta& out, error& why) override;
  task<void> more() override;
  error end(error why) override;
  std::size_t row() const noexcept override { return index_; }

 private:
  void note(const delta& event) noexcept;
  void let_go();

  std::shared_ptr<client_core> core_;
  std::optional<net::exchange> exchange_;  // from its head to its end
  std::unique_ptr<dialect::stream_decoder> decoder_;
  std::size_t index_;
  attempt_row row_;
  plan::attempt_clocks clocks_;
  std::string_view piece_;  // of the body, not decoded yet
  time_point arrived_{};    // when the bytes being decoded came: one clock reading for all events of a read
  bool body_ended_ = false;
  bool committed_ = false;
  bool row_ended_well_ = false;
};

}  // namespace cohedge
