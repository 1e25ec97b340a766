// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/http.h"

#include <libsoup/soup.h>

#include <algorithm>

#include "api/http_call.h"
#include "api/http_message.h"
#include "api/service_url.h"
#include "base/cancel.h"
#include "base/log.h"

namespace klingtext {
namespace {

class SoupStream final : public HttpStream {
 public:
  SoupStream(std::unique_ptr<HttpMessage> message, ObjectPtr<GInputStream> stream)
      : message_(std::move(message)),
        stream_(std::move(stream)),
        headers_(message_->response_headers()) {}
  ~SoupStream() override {
    // Read to its end, it gives its connection back. Before that, with a cancelled cancellable,
    // nothing is drained: the connection is dropped there and then.
    const auto cancelled = ObjectPtr<GCancellable>::adopt(g_cancellable_new());
    g_cancellable_cancel(cancelled.get());
    g_input_stream_close(stream_.get(), ended_ ? nullptr : cancelled.get(), nullptr);
  }
  SoupStream(const SoupStream&) = delete;
  SoupStream& operator=(const SoupStream&) = delete;

  unsigned status() const override { return soup_message_get_status(message_->get()); }
  std::string header(const std::string& name) const override {
    const auto found = headers_.find(name);
    return found == headers_.end() ? std::string() : found->second;
  }
  Result<std::size_t, HttpFailure> read(std::span<char> into, std::stop_token stop) override {
    const CancelOnStop cancel(stop);
    GErrorPtr error;
    const gssize got =
        g_input_stream_read(stream_.get(), into.data(), into.size(), cancel.get(), ErrorOut(error));
    ended_ = got == 0;
    if (got >= 0) return static_cast<std::size_t>(got);
    if (stop.stop_requested()) return Stopped{};
    return HttpFailure{fault_of(error.get()), Sent::maybe,
                       message_->host() + ": " + error->message};
  }

 private:
  std::unique_ptr<HttpMessage> message_;
  ObjectPtr<GInputStream> stream_;
  HttpHeaders headers_;
  bool ended_ = false;
};

}  // namespace

std::string HttpReply::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? std::string() : found->second;
}

// Makes the context the thread's default for as long as it lives.
class ContextScope {
 public:
  explicit ContextScope(GMainContext* context) : context_(context) {
    g_main_context_push_thread_default(context_);
  }
  ~ContextScope() { g_main_context_pop_thread_default(context_); }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  GMainContext* context_;
};

// Ends a wait of its context at a time that can be changed.
class Alarm {
 public:
  explicit Alarm(GMainContext* context) { g_source_attach(source_.get(), context); }
  ~Alarm() { g_source_destroy(source_.get()); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // GLib's monotonic clock is the steady one.
  void set(std::chrono::steady_clock::time_point when) {
    using std::chrono::ceil, std::chrono::microseconds;
    const bool never = when == std::chrono::steady_clock::time_point::max();
    const gint64 time = never ? -1 : ceil<microseconds>(when.time_since_epoch()).count();
    if (time == g_source_get_ready_time(source_.get())) return;
    g_source_set_ready_time(source_.get(), time);
  }

 private:
  static gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
    g_source_set_ready_time(source, -1);
    return G_SOURCE_CONTINUE;
  }
  static inline GSourceFuncs kind_{nullptr, nullptr, dispatch, nullptr, nullptr, nullptr};

  GlibPtr<GSource, g_source_unref> source_{g_source_new(&kind_, sizeof(GSource))};
};

class HttpSession::Soup {
 public:
  Soup(const HttpSettings& settings, unsigned connections)
      : scope_(context_.get()),
        alarm_(context_.get()),
        session_(ObjectPtr<SoupSession>::adopt(soup_session_new_with_options(
            "max-conns-per-host", static_cast<int>(connections), nullptr))),
        by_proxy_(ObjectPtr<GProxyResolver>::ref(g_proxy_resolver_get_default())) {
    soup_session_set_timeout(session_.get(), settings.timeout);
    soup_session_set_user_agent(session_.get(), settings.user_agent.c_str());
    if (settings.tls_database) {
      soup_session_set_tls_database(session_.get(), settings.tls_database.get());
    }
    if (!settings.proxy.empty()) {
      by_proxy_ = ObjectPtr<GProxyResolver>::adopt(
          g_simple_proxy_resolver_new(settings.proxy.c_str(), nullptr));
    }
  }

  Result<std::unique_ptr<HttpStream>, HttpFailure> open(const HttpRequest& request,
                                                        const std::stop_token& stop) {
    auto message = HttpMessage::make(request);
    if (message == nullptr) return no_web_address();
    set_route(route_of(request, *message));
    const CancelOnStop cancel(stop, message->cancellable());
    log(LogLevel::trace, "%s %s", request.method.c_str(), without_query(request.url).c_str());
    GErrorPtr error;
    auto stream = ObjectPtr<GInputStream>::adopt(soup_session_send(
        session_.get(), message->get(), message->cancellable().get(), ErrorOut(error)));
    if (!stream) {
      if (stop.stop_requested()) return Stopped{};
      return message->failure_of(error.get());
    }
    if (message->sent() == Sent::no) return refused_by_proxy(*message);
    log(LogLevel::trace, "%s %s: %u", request.method.c_str(), without_query(request.url).c_str(),
        soup_message_get_status(message->get()));
    return std::unique_ptr<HttpStream>(
        std::make_unique<SoupStream>(std::move(message), std::move(stream)));
  }

  std::unique_ptr<HttpCall> start(const HttpRequest& request, const HttpLimits& limits,
                                  HttpCall::Done done) {
    auto message = HttpMessage::make(request);
    if (message == nullptr) {
      done(no_web_address());
      return nullptr;
    }
    set_route(route_of(request, *message));
    log(LogLevel::trace, "%s %s", request.method.c_str(), without_query(request.url).c_str());
    return std::make_unique<HttpCall>(session_.get(), std::move(message), limits, std::move(done));
  }

  HttpResult send(const HttpRequest& request, const HttpLimits& limits,
                  const std::stop_token& stop) {
    std::optional<HttpResult> result;
    const auto call = start(request, limits, [&](HttpResult done) { result = std::move(done); });
    if (call) {
      const CancelOnStop cancel(stop, call->cancellable());
      while (!result) g_main_context_iteration(context_.get(), TRUE);
      if (!result->ok()) close_connections();
    }
    if (result->ok()) log(LogLevel::trace, "the reply is HTTP %u", (*result)->status);
    return *std::move(result);
  }

  void iterate(std::chrono::steady_clock::time_point until) {
    alarm_.set(until);
    g_main_context_iteration(context_.get(), TRUE);
  }
  void wake() { g_main_context_wakeup(context_.get()); }

  ~Soup() { close_connections(); }
  Soup(const Soup&) = delete;
  Soup& operator=(const Soup&) = delete;

 private:
  // libsoup closes a connection from the main context, which only runs during a call.
  void close_connections() {
    soup_session_abort(session_.get());
    while (g_main_context_iteration(context_.get(), FALSE) != FALSE) {
    }
  }

  static HttpFailure no_web_address() {
    return {HttpFault::bad_url, Sent::no, "that is not an http(s) URL"};
  }
  static Route route_of(const HttpRequest& request, const HttpMessage& message) {
    const bool direct = request.route == Route::direct || is_loopback_host(message.host());
    return direct ? Route::direct : Route::by_proxy;
  }
  void set_route(Route route) {
    GProxyResolver* wanted = route == Route::direct ? nullptr : by_proxy_.get();
    if (soup_session_get_proxy_resolver(session_.get()) != wanted) {
      soup_session_set_proxy_resolver(session_.get(), wanted);
    }
  }

  GlibPtr<GMainContext, g_main_context_unref> context_{g_main_context_new()};
  ContextScope scope_;
  Alarm alarm_;
  ObjectPtr<SoupSession> session_;
  ObjectPtr<GProxyResolver> by_proxy_;
};

HttpSession::HttpSession(const HttpSettings& settings, unsigned connections)
    : soup_(std::make_unique<Soup>(settings, connections)) {}
HttpSession::~HttpSession() = default;

Result<std::unique_ptr<HttpStream>, HttpFailure> HttpSession::open(const HttpRequest& request,
                                                                   const std::stop_token& stop) {
  return soup_->open(request, stop);
}

HttpResult HttpSession::send(const HttpRequest& request, const HttpLimits& limits,
                             const std::stop_token& stop) {
  return soup_->send(request, limits, stop);
}

std::unique_ptr<HttpCall> HttpSession::start(const HttpRequest& request, const HttpLimits& limits,
                                             HttpCall::Done done) {
  return soup_->start(request, limits, std::move(done));
}

void HttpSession::iterate(std::chrono::steady_clock::time_point until) {
  soup_->iterate(until);
}

void HttpSession::wake() {
  soup_->wake();
}

}  // namespace klingtext
