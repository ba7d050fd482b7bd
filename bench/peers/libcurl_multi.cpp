// The work of raw_asio with libcurl as its documentation recommends it for many transfers: one multi handle, driven by
// epoll through curl_multi_socket_action, easy handles that are used again, connections from its cache; simdjson. No
// time limits, as raw_asio has none. Its answers are copied once more than raw_asio's: libcurl lends its buffer without
// the padding that simdjson wants.
//
//   libcurl_multi --mode json|sse|paced --port P [--host H] [--conc N] [--secs S] [--warm W] [--tls CA.pem [--resume]]
//                 [--http2] [--fresh]

#include "support/answer_reader.hpp"
#include "support/meter.hpp"
#include "support/options.hpp"
#include "support/request.hpp"

#include <curl/curl.h>

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using std::string_view;

constexpr long burst_buffer = 64 * 1024;
constexpr long paced_buffer = 4 * 1024;

struct shared {
  bench::options asked;
  std::string url;
  std::string request;
  curl_slist* headers = nullptr;
  CURLSH* sessions = nullptr;  // TLS sessions, for all easy handles
  bench::answer_reader read;
  bench::meter count{"libcurl_multi"};

  bool streams() const { return asked.mode != bench::options::kind::json; }
};

/// One easy handle: a request and its answer, again and again.
class transfer {
 public:
  explicit transfer(shared& all) : all_{all}, easy_{curl_easy_init()} {
    const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy_, option, value); };
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_URL, all.url.c_str());
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_HTTPHEADER, all.headers);
    set(CURLOPT_POSTFIELDS, all.request.data());
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(all.request.size()));
    set(CURLOPT_WRITEFUNCTION, &transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    if (all.streams())
      set(CURLOPT_BUFFERSIZE, all.asked.mode == bench::options::kind::paced ? paced_buffer : burst_buffer);
    set(CURLOPT_HTTP_VERSION, version());
    if (all.asked.http2) set(CURLOPT_PIPEWAIT, 1L);  // for the one connection, instead of opening another
    if (all.asked.fresh) set(CURLOPT_FRESH_CONNECT, 1L), set(CURLOPT_FORBID_REUSE, 1L);
    if (all.asked.tls.empty()) return;
    set(CURLOPT_CAINFO, all.asked.tls.c_str());
    set(CURLOPT_SHARE, all.sessions);
    set(CURLOPT_SSL_SESSIONID_CACHE, all.asked.resume ? 1L : 0L);
  }
  ~transfer() { curl_easy_cleanup(easy_); }
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  CURL* handle() { return easy_; }

  void begin() {
    asked_ = bench::clock::now();
    text_seen_ = all_.asked.mode != bench::options::kind::paced;
    body_.clear();
  }

  void end(CURLcode how) {
    long status = 0, version = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
    if (failed_) return all_.count.failed(*failed_);
    if (how != CURLE_OK) return all_.count.failed(curl_easy_strerror(how));
    if (status != 200) return all_.count.failed("a status other than 200");
    if (all_.asked.http2 && version != CURL_HTTP_VERSION_2) return all_.count.failed("not HTTP/2");
    try {
      if (!all_.streams()) all_.count.text(all_.read.whole(body_));
    } catch (const std::exception& broken) {
      return all_.count.failed(broken.what());
    }
    all_.count.answered(asked_);
  }

 private:
  long version() const {
    if (!all_.asked.http2) return CURL_HTTP_VERSION_1_1;
    return all_.asked.tls.empty() ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_2TLS;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& one = *static_cast<transfer*>(self);
    try {
      one.read({data, size});
      return size;
    } catch (const std::exception& broken) {
      one.failed_ = broken.what();
      return 0;
    }
  }

  void read(string_view piece) {
    if (!all_.streams()) {
      body_.reserve(body_.size() + piece.size() + simdjson::SIMDJSON_PADDING);
      body_.append(piece);
      return;
    }
    events_.feed_copy(piece, [this](string_view data) {
      const auto size = all_.read.event(data);
      if (size == 0) return;
      all_.count.text(size);
      if (!std::exchange(text_seen_, true)) all_.count.first_text(asked_);
    });
  }

  shared& all_;
  CURL* easy_;
  std::string body_;
  bench::event_splitter events_;
  bench::clock::time_point asked_;
  bool text_seen_ = false;
  std::optional<std::string> failed_;
};

/// The multi handle and what it waits for.
class loop {
 public:
  explicit loop(const bench::options& asked) : multi_{curl_multi_init()}, poll_{epoll_create1(0)} {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &loop::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &loop::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    const auto connections = static_cast<long>(asked.http2 ? 1 : asked.conc);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, connections + 1);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS,
                      static_cast<long>(std::max(asked.conc, std::size_t{100})));
  }
  ~loop() {
    curl_multi_cleanup(multi_);
    close(poll_);
  }
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  void add(transfer& one) {
    one.begin();
    curl_multi_add_handle(multi_, one.handle());
  }
  void remove(transfer& one) { curl_multi_remove_handle(multi_, one.handle()); }

  /// Runs until then; what is through is told and begun again.
  void run_until(bench::clock::time_point end) {
    epoll_event ready[512];
    for (auto now = bench::clock::now(); now < end; now = bench::clock::now()) {
      const int n = epoll_wait(poll_, ready, 512, wait_from(now, end));
      for (int i = 0; i < n; ++i) {
        const auto seen = ready[i].events;
        const int what = (seen & EPOLLIN ? CURL_CSELECT_IN : 0) | (seen & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                         (seen & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(multi_, ready[i].data.fd, what, &running_);
      }
      if (timer_ && *timer_ <= bench::clock::now()) {
        timer_.reset();
        curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running_);
      }
      again();
    }
  }

 private:
  int wait_from(bench::clock::time_point now, bench::clock::time_point end) const {
    const auto until = timer_ ? std::min(*timer_, end) : end;
    return until <= now ? 0 : static_cast<int>((until - now) / std::chrono::milliseconds{1}) + 1;
  }

  void again() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto how = message->data.result;  // the message dies with remove
      transfer* one = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &one);
      remove(*one);
      one->end(how);
      if (how == CURLE_OK) add(*one);
    }
  }

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
    auto& all = *static_cast<loop*>(self);
    epoll_event wanted{};
    wanted.data.fd = fd;
    wanted.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (what == CURL_POLL_REMOVE) return epoll_ctl(all.poll_, EPOLL_CTL_DEL, fd, &wanted), 0;
    epoll_ctl(all.poll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &wanted);
    if (!known) curl_multi_assign(all.multi_, fd, &all);
    return 0;
  }

  static int on_timer(CURLM*, long milliseconds, void* self) {
    auto& timer = static_cast<loop*>(self)->timer_;
    timer.reset();
    if (milliseconds >= 0) timer = bench::clock::now() + std::chrono::milliseconds{milliseconds};
    return 0;
  }

  CURLM* multi_;
  int poll_;
  int running_ = 0;
  std::optional<bench::clock::time_point> timer_;
};

void run(shared& all) {
  loop io{all.asked};
  std::vector<std::unique_ptr<transfer>> transfers;
  for (std::size_t i = 0; i < all.asked.conc; ++i) io.add(*transfers.emplace_back(std::make_unique<transfer>(all)));
  io.run_until(bench::clock::now() + bench::seconds(all.asked.warm));
  for (int looks = 0; !all.count.warm(all.asked) && looks < bench::most_looks; ++looks)
    io.run_until(bench::clock::now() + bench::look_again);
  all.count.begin();
  io.run_until(bench::clock::now() + bench::seconds(all.asked.secs));
  all.count.end();
  for (auto& one : transfers) io.remove(*one);
}

}  // namespace

int main(int argc, char** argv) {
  shared all;
  all.asked = bench::parse(argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  all.url = (all.asked.tls.empty() ? "http://" : "https://") + all.asked.host + ':' + std::to_string(all.asked.port) +
            "/v1/chat/completions";
  all.request = bench::request_body(all.streams());
  all.headers = curl_slist_append(nullptr, "Content-Type: application/json");
  all.sessions = curl_share_init();
  curl_share_setopt(all.sessions, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  run(all);
  curl_share_cleanup(all.sessions);
  curl_slist_free_all(all.headers);
  curl_global_cleanup();
  all.count.print(all.asked);
  return all.count.good() ? 0 : 1;
}
