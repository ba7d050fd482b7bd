#include "http2_stream.hpp"

#include <utility>

namespace cohedge::net {

namespace {

constexpr std::size_t padding = 64;            // simdjson reads this far beyond a text
constexpr std::size_t text_kept = 64 * 1024;  // a spare stream holds on to no more

void trim(std::string& text) noexcept {
  text.clear();
  if (text.capacity() > text_kept) std::string{}.swap(text);
}

/// A request without a response is nobody's any more: what it was asked with may go.
struct withdrawn_unless_answered {
  ~withdrawn_unless_answered() {
    if (!response.head_complete) session.forget(response);
  }
  http2_session& session;
  http2_response& response;
};

}  // namespace

http2_stream::~http2_stream() = default;

void http2_stream::begin(std::shared_ptr<http2_connection> over) noexcept {
  over_ = std::move(over);
  asked_ = ended_ = false;
}

/// Its bell rings when something has happened to the stream, or the chain is cancelled.
class http2_stream::change {
 public:
  change(http2_stream& of, chain& owner) noexcept : bell_{owner}, place_{of.waiting_} { place_ = &bell_; }
  change(const change&) = delete;
  change& operator=(const change&) = delete;
  ~change() { place_ = nullptr; }
  bell& wait() noexcept { return bell_; }

 private:
  bell bell_;
  bell*& place_;
};

task<exchange> http2_stream::ask(carried self, sending request) {
  chain& here = co_await this_chain;
  asked_ = true;
  error why;
  {
    auto& session = over_->session_;
    const withdrawn_unless_answered until_then{session, response_};
    auto opened = session.open(response_, request.head, request.body);
    if (opened)
      over_->send_soon();
    else
      why = std::move(opened).error();
    while (why.code() == errc::none && !response_.head_complete) {
      if (response_.failure) {
        why = *response_.failure;
        break;
      }
      change something{*this, here};
      auto& happened = something.wait();
      co_await happened;
      if (here.stopped()) why = error{here.stop_reason()};
    }
  }
  if (why.code() == errc::none) {
    keep_unsent();
    co_return exchange{std::move(self), request.fresh, request.replays > 0};
  }
  if (!may_go_again(*self, request, here)) co_return why;
  auto again = go_again(std::move(self), request);
  co_return co_await std::move(again);
}

void http2_stream::keep_unsent() {
  if (response_.unsent.empty()) return;
  unsent_ = response_.unsent;
  response_.unsent = unsent_;
}

result<bool> http2_stream::try_body(std::string_view& piece) {
  if (ended_) return false;
  if (!response_.arrived.empty()) {
    const auto size = response_.arrived.size();
    response_.arrived.append(padding, '\0');  // the one step that may fail comes first
    handed_out_.swap(response_.arrived);
    response_.arrived.clear();
    over_->session_.taken(response_, size);
    over_->send_soon();  // perhaps a window to widen
    piece = std::string_view{handed_out_}.substr(0, size);
    return true;
  }
  if (response_.failure) return *response_.failure;
  ended_ = response_.ended;
  return false;
}

task<void> http2_stream::more() {
  if (!response_.arrived.empty() || response_.ended || response_.failure) co_return success();
  chain& here = co_await this_chain;
  change something{*this, here};
  auto& happened = something.wait();
  co_await happened;
  if (here.stopped()) co_return error{here.stop_reason()};
  co_return success();
}

void http2_stream::abort() noexcept {
  if (!over_) return;
  over_->session_.forget(response_);
  over_->send_soon();
}

void http2_stream::release() noexcept {
  const auto over = std::move(over_);
  const bool in_vain = asked_ && !response_.ended;
  over->session_.forget(response_);
  over->send_soon();
  response_.clear();
  trim(response_.arrived);
  trim(handed_out_);
  trim(gathered_);
  trim(unsent_);
  over->give_back(std::unique_ptr<http2_stream>{this}, in_vain);
}

}  // namespace cohedge::net
