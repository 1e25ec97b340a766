// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/rehearsal_service.h"

#include <gio/gio.h>

#include <future>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/glib_ptr.h"
#include "base/secret.h"
#include "base/thread_name.h"
#include "rehearsal/desk.h"
#include "rehearsal/state_dir.h"
#include "rehearsal/web_front.h"

namespace klingtext {

namespace {

using ContextPtr = GlibPtr<GMainContext, g_main_context_unref>;
using LoopPtr = GlibPtr<GMainLoop, g_main_loop_unref>;

// SoupServer serves the context that is the thread's default while it is made.
class ThreadDefault {
 public:
  explicit ThreadDefault(GMainContext* context) : context_(context) {
    g_main_context_push_thread_default(context_);
  }
  ~ThreadDefault() {
    // What the server cancelled on its way out still has to be told so.
    while (g_main_context_iteration(context_, FALSE)) {
    }
    g_main_context_pop_thread_default(context_);
  }
  ThreadDefault(const ThreadDefault&) = delete;
  ThreadDefault& operator=(const ThreadDefault&) = delete;

 private:
  GMainContext* context_;  // the RehearsalService::Thread's
};

}  // namespace

// Everything that serves requests is made, used and destroyed on this one thread.
class RehearsalService::Thread {
 public:
  explicit Thread(Options options)
      : context_(g_main_context_new()), loop_(g_main_loop_new(context_.get(), FALSE)) {
    thread_ = std::jthread([this, options = std::move(options)]() mutable {
      name_thread("klingtext-reh");
      try {
        serve(std::move(options));
      } catch (const std::system_error& error) {  // a thread of its own; nothing serves yet
        started_.set_value(Error{.kind = ErrorKind::settings,
                                 .message = std::string("The rehearsal cannot start a thread (") +
                                            error.what() + "). Run fewer at a time."});
      }
    });
  }
  ~Thread() {
    // As a source, because a loop that does not run yet would miss the word.
    g_main_context_invoke(
        context_.get(),
        [](gpointer loop) -> gboolean {
          g_main_loop_quit(static_cast<GMainLoop*>(loop));
          return G_SOURCE_REMOVE;
        },
        loop_.get());
    thread_.join();
  }

  // The base URL, once it listens.
  Result<std::string> started() { return started_.get_future().get(); }

 private:
  void serve(Options options) {
    const ThreadDefault context(context_.get());
    auto state = rehearsal::StateDir::open(options.state_dir);
    if (!state) return started_.set_value(state.as<std::string>());
    std::optional<rehearsal::ClipLibrary> library;
    if (!options.clips_dir.empty()) {
      auto opened = rehearsal::ClipLibrary::open(options.clips_dir);
      if (!opened) return started_.set_value(opened.as<std::string>());
      library = *std::move(opened);
    }
    rehearsal::Desk desk(*std::move(state), options.pace, rehearsal::Workers(options.workers),
                         std::move(library));
    rehearsal::WebFront front(desk, Secret(std::move(options.api_key)),
                              rehearsal::ClipLinks(options.link_life), options.log_lag);
    if (options.annex) front.add(options.annex(desk, front));
    auto listening = front.listen(options.address, options.port, options.clip_port);
    const bool ok = listening.ok();
    started_.set_value(std::move(listening));
    if (ok) g_main_loop_run(loop_.get());
  }

  ContextPtr context_;
  LoopPtr loop_;
  std::promise<Result<std::string>> started_;
  std::jthread thread_;
};

RehearsalService::RehearsalService(std::unique_ptr<Thread> thread, std::string base_url)
    : thread_(std::move(thread)), base_url_(std::move(base_url)) {}

RehearsalService::~RehearsalService() = default;

Result<std::shared_ptr<RehearsalService>> RehearsalService::start(Options options) {
  auto thread = std::make_unique<Thread>(std::move(options));
  auto base_url = thread->started();
  if (!base_url) return base_url.as<std::shared_ptr<RehearsalService>>();
  return std::shared_ptr<RehearsalService>(
      new RehearsalService(std::move(thread), *std::move(base_url)));
}

}  // namespace klingtext
