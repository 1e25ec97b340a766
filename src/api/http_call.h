// SPDX-License-Identifier: LGPL-2.1-or-later
// One exchange by libsoup's asynchronous calls, on the thread and main context it was made in.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "api/http.h"
#include "api/http_message.h"

namespace klingtext {

class HttpCall {
 public:
  // Called once, from the main context. The call may be destroyed in it, and not before.
  using Done = std::function<void(HttpResult)>;

  // Sends at once. `session` must outlive the call.
  HttpCall(SoupSession* session, std::unique_ptr<HttpMessage> message, const HttpLimits& limits,
           Done done);
  ~HttpCall();
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

  // Its cancellation ends the call with Stopped. From any thread.
  const ObjectPtr<GCancellable>& cancellable() const { return message_->stop_request(); }

 private:
  using SourcePtr = GlibPtr<GSource, g_source_unref>;

  template <typename Step>
  void guarded(Step step);
  void take_head(SoupSession* session, GAsyncResult* result);
  static void on_head(GObject* session, GAsyncResult* result, gpointer self);
  static gboolean on_readable(GObject* stream, gpointer self);
  static gboolean on_time(gpointer self);
  static gboolean on_stop(GCancellable* stop_request, gpointer self);
  static void on_got_headers(SoupMessage* message, gpointer self);
  void cancel();
  static void on_wrote(SoupMessage* message, gpointer self);
  void set_timer(std::chrono::steady_clock::time_point when);
  static void clear(SourcePtr& source);
  void read_on();
  void wait_for_bytes();
  void fail(const GError* error);
  HttpResult cancelled() const;
  void finish(HttpResult result);

  SoupSession* session_;
  std::unique_ptr<HttpMessage> message_;
  HttpLimits limits_;
  Done done_;
  ObjectPtr<GInputStream> stream_;
  HttpReply reply_;
  SourcePtr timer_;
  SourcePtr readable_;
  SourcePtr stop_;
  bool timed_out_ = false;
  bool has_head_ = false;  // libsoup is about to deliver it
  bool is_over_ = false;   // cancelled after that
};

}  // namespace klingtext
