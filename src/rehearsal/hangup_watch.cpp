// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/hangup_watch.h"

#include <sys/socket.h>

#include "base/glib_ptr.h"

namespace klingtext::rehearsal {

namespace {

using SourcePtr = GlibPtr<GSource, g_source_unref>;

// Something has come on an idle connection: the next request, which is libsoup's, or the end.
gboolean on_readable(GSocket* socket, GIOCondition, gpointer) {
  char byte = 0;
  if (!g_socket_is_closed(socket) && recv(g_socket_get_fd(socket), &byte, 1, MSG_PEEK) <= 0) {
    g_socket_close(socket, nullptr);
  }
  return G_SOURCE_REMOVE;
}

void on_request_finished(SoupServer*, SoupServerMessage* message, gpointer) {
  GSocket* socket = soup_server_message_get_socket(message);
  if (socket == nullptr || g_socket_is_closed(socket)) return;
  const SourcePtr source(g_socket_create_source(socket, G_IO_IN, nullptr));
  g_source_set_callback(source.get(), G_SOURCE_FUNC(on_readable), nullptr, nullptr);
  g_source_attach(source.get(), g_main_context_get_thread_default());
}

}  // namespace

void watch_for_hangups(SoupServer* server) {
  g_signal_connect(server, "request-finished", G_CALLBACK(on_request_finished), nullptr);
}

}  // namespace klingtext::rehearsal
