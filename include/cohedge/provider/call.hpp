#pragma once

#include <cohedge/core/report.hpp>
#include <cohedge/core/result.hpp>
#include <cohedge/plan/attempt_count.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace cohedge {

/// Told what happens, as it happens: sinks for logs and metrics. Gets no prompts, answers or keys. Called on the
/// client's executor; must return soon and must not throw.
class call_observer {
 public:
  virtual ~call_observer() = default;
  virtual void attempt_ended(const report& call, const attempt& row) = 0;
  /// `failure` is null where the call has a value.
  virtual void call_ended(const report& call, const error* failure) = 0;
};

/// What all attempts of one call share: the ledger, the count of attempts, the start. One executor.
class call_record {
 public:
  call_record(time_point started, std::size_t most_attempts, std::shared_ptr<call_observer> observer)
      : started_{started}, attempts_{most_attempts}, observer_{std::move(observer)} {}

  const cohedge::report& report() const noexcept { return report_; }
  cohedge::report& report() noexcept { return report_; }
  plan::attempt_count& attempts() noexcept { return attempts_; }
  time_point started() const noexcept { return started_; }

  /// Opens a row, out of the call's count of attempts; nothing where that is used up.
  std::optional<std::size_t> open_row(std::string_view provider, std::string_view model, start_reason why,
                                      time_point now);
  attempt& row(std::size_t index) noexcept { return report_.attempts[index]; }
  void first_content(std::size_t index, time_point now) noexcept;
  /// Ends a row that still runs; later endings change nothing.
  void end_row(std::size_t index, end_reason how, const error* failure, time_point now);
  /// The call is over: what still runs has lost, but for the row `winner`, whose stream goes on.
  void close(time_point now, const error* failure, std::optional<std::size_t> winner = {});

 private:
  cohedge::report report_;
  time_point started_;
  plan::attempt_count attempts_;
  std::shared_ptr<call_observer> observer_;
};

/// What travels down with one call through routes to providers: the shared record, the time and the deadline, and why
/// this attempt is started. Cheap to copy.
class call_context {
 public:
  call_context(std::shared_ptr<call_record> record, time_point now, start_reason why = start_reason::primary,
               time_point deadline = time_point::max())
      : record_{std::move(record)}, now_{now}, deadline_{deadline}, why_{why} {}

  call_record& record() const noexcept { return *record_; }
  const std::shared_ptr<call_record>& shared_record() const noexcept { return record_; }
  start_reason why() const noexcept { return why_; }
  /// The time when the asking began: until the asked one waits for something there is no need to read the clock again.
  time_point now() const noexcept { return now_; }
  time_point deadline() const noexcept { return deadline_; }

  call_context because(start_reason why, time_point now) const { return {record_, now, why, deadline_}; }
  call_context no_later_than(time_point deadline) const {
    return {record_, now_, why_, deadline < deadline_ ? deadline : deadline_};
  }

 private:
  std::shared_ptr<call_record> record_;
  time_point now_;
  time_point deadline_;
  start_reason why_;
};

/// One row of the ledger, open until it is ended; destroyed while open it counts as cancelled. For backends:
///
///     auto row = attempt_row::open(context, "acme", "model-1");
///     if (!row) co_return row.error();
class attempt_row {
 public:
  /// Errors: `errc::attempts_used_up`.
  static result<attempt_row> open(const call_context& context, std::string_view provider, std::string_view model);

  attempt_row(attempt_row&& other) noexcept = default;
  attempt_row& operator=(attempt_row&& other) noexcept = default;
  ~attempt_row();

  attempt& operator*() const noexcept { return record_->row(index_); }
  attempt* operator->() const noexcept { return &record_->row(index_); }
  std::size_t index() const noexcept { return index_; }

  void first_content(time_point now) noexcept { record_->first_content(index_, now); }
  void won(time_point now) { end(end_reason::won, nullptr, now); }
  /// Ends it as failed, lost or cancelled, by the error's class.
  void failed(const error& why, time_point now);

 private:
  attempt_row(std::shared_ptr<call_record> record, std::size_t index) noexcept
      : record_{std::move(record)}, index_{index} {}
  void end(end_reason how, const error* failure, time_point now);

  std::shared_ptr<call_record> record_;  // null once moved from or ended
  std::size_t index_;
};

}  // namespace cohedge
