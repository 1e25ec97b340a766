// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/door.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"

namespace klingtext::rehearsal {

namespace {

using SourcePtr = GlibPtr<GSource, g_source_unref>;

constexpr int kBacklog = 512;              // of clients that knock at once
constexpr unsigned kSilence = 60;          // seconds without a byte either way
constexpr unsigned kRequestPatience = 30;  // seconds for head and body, however they drip

// Half of the descriptors that the process may have; the rest is for files and for others.
std::size_t most_guests() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  return std::clamp<std::size_t>(limit.rlim_cur / 2, 64, 4096);
}

// SoupServer ends every connection after one request while it has nothing to listen on. The other
// end of this pair is silent for ever.
UniqueFd give_listener(SoupServer* server) {
  int pair[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return {};
  UniqueFd silent(pair[0]);
  const auto listener = ObjectPtr<GSocket>::adopt(g_socket_new_from_fd(pair[1], nullptr));
  if (listener) soup_server_listen_socket(server, listener.get(), {}, nullptr);
  return silent;
}

}  // namespace

// A connection, from its first moment to its last.
class Door::Guest {
 public:
  Guest(Door& door, GSocketConnection* connection)
      : door_(door),
        connection_(ObjectPtr<GSocketConnection>::ref(connection)),
        socket_(ObjectPtr<GSocket>::ref(g_socket_connection_get_socket(connection))) {
    g_socket_set_timeout(socket_.get(), kSilence);
    g_socket_set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
    await_request();
  }
  ~Guest() {
    forget_source();
    forget_message();
    if (address_) g_object_set_data(G_OBJECT(address_.get()), kMark, nullptr);
    if (handed_over_ != nullptr) g_object_weak_unref(handed_over_, on_gone, this);
    if (connection_) g_io_stream_close(G_IO_STREAM(connection_.get()), nullptr, nullptr);
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  // Between two requests, or within one that is not whole yet.
  bool is_idle() const { return connection_ || message_; }
  bool is_reading() const { return reading_; }
  static Guest* of(SoupServerMessage* message) {
    GSocketAddress* address = soup_server_message_get_remote_address(message);
    return static_cast<Guest*>(g_object_get_data(G_OBJECT(address), kMark));
  }

  void begin_request() {
    forget_message();
    reading_ = true;
    wait_at_most(kRequestPatience);
  }
  void end_reading() {
    reading_ = false;
    forget_source();
  }
  void end_request(SoupServerMessage* message) {
    // What was said is not needed any more, only the way to the connection.
    soup_message_body_truncate(soup_server_message_get_request_body(message));
    soup_message_body_truncate(soup_server_message_get_response_body(message));
    message_ = ObjectPtr<SoupServerMessage>::ref(message);
    disconnected_ = g_signal_connect_swapped(
        message, "disconnected", G_CALLBACK(+[](Guest* self) { self->forget_message(); }), this);
    await_request();
  }

  // Ends the connection, and with it this object, sooner or later.
  void leave() {
    forget_source();
    if (connection_) return door_.forget(this);
    if (!message_) {
      // Not closed: the server waits for this descriptor, which must not become another's.
      g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
      return;
    }
    const auto message = message_;
    forget_message();
    const auto stream =
        ObjectPtr<GIOStream>::adopt(soup_server_message_steal_connection(message.get()));
    if (stream) g_io_stream_close(stream.get(), nullptr, nullptr);
  }

 private:
  void forget_source() {
    if (source_) g_source_destroy(source_.get());
    source_.reset();
  }
  void forget_message() {
    if (!message_) return;
    g_signal_handler_disconnect(message_.get(), disconnected_);
    message_ = {};
  }
  void attach(GSource* source, GSourceFunc function) {
    forget_source();
    source_.reset(source);
    g_source_set_callback(source, function, this, nullptr);
    g_source_attach(source, g_main_context_get_thread_default());
  }

  // Before the server looks at the socket: once it has read the end, it forgets the connection.
  void await_request() {
    GSource* source = g_socket_create_source(socket_.get(), G_IO_IN, nullptr);
    g_source_set_priority(source, G_PRIORITY_HIGH);
    attach(source, G_SOURCE_FUNC(+[](GSocket*, GIOCondition, Guest* self) -> gboolean {
             self->on_readable();
             return G_SOURCE_REMOVE;
           }));
  }
  void wait_at_most(unsigned seconds) {
    attach(g_timeout_source_new_seconds(seconds), G_SOURCE_FUNC(+[](Guest* self) -> gboolean {
             self->leave();
             return G_SOURCE_REMOVE;
           }));
  }

  void on_readable() {
    forget_source();
    char byte = 0;
    if (g_socket_is_closed(socket_.get()) ||
        recv(g_socket_get_fd(socket_.get()), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) {
      return leave();
    }
    if (connection_) hand_over();  // later ones are read by the server, which waits for them, too
  }

  void hand_over() {
    address_ = ObjectPtr<GSocketAddress>::adopt(
        g_socket_connection_get_remote_address(connection_.get(), nullptr));
    const auto here = ObjectPtr<GSocketAddress>::adopt(
        g_socket_connection_get_local_address(connection_.get(), nullptr));
    if (!address_ || !here) return leave();
    g_object_set_data(G_OBJECT(address_.get()), kMark, this);
    const auto connection = std::exchange(connection_, {});
    reading_ = true;
    handed_over_ = G_OBJECT(connection.get());
    g_object_weak_ref(handed_over_, on_gone, this);
    wait_at_most(kRequestPatience);
    soup_server_accept_iostream(door_.server_, G_IO_STREAM(connection.get()), here.get(),
                                address_.get(), nullptr);
  }

  static void on_gone(gpointer self, GObject*) {
    auto* guest = static_cast<Guest*>(self);
    guest->handed_over_ = nullptr;
    guest->door_.forget(guest);
  }

  static constexpr const char* kMark = "klingtext-guest";  // of address_

  Door& door_;
  ObjectPtr<GSocketConnection> connection_;  // until it is handed over
  GObject* handed_over_ = nullptr;           // the same, the server's from then on
  ObjectPtr<GSocketAddress> address_;        // the server knows the connection by it
  ObjectPtr<GSocket> socket_;
  ObjectPtr<SoupServerMessage> message_;  // the one before, between two requests
  gulong disconnected_ = 0;
  bool reading_ = false;
  SourcePtr source_;
};

Door::Door(SoupServer* server)
    : server_(server), silent_(give_listener(server)), most_(most_guests()) {
  g_signal_connect(server, "request-started",
                   G_CALLBACK(+[](SoupServer*, SoupServerMessage* message, gpointer) {
                     if (Guest* guest = Guest::of(message)) guest->begin_request();
                   }),
                   nullptr);
  g_signal_connect(server, "request-read",
                   G_CALLBACK(+[](SoupServer*, SoupServerMessage* message, gpointer) {
                     if (Guest* guest = Guest::of(message)) guest->end_reading();
                   }),
                   nullptr);
  g_signal_connect(server, "request-finished",
                   G_CALLBACK(+[](SoupServer*, SoupServerMessage* message, gpointer) {
                     if (Guest* guest = Guest::of(message)) guest->end_request(message);
                   }),
                   nullptr);
}

Door::~Door() {
  close();
  if (back_again_) g_source_destroy(back_again_.get());
}

void Door::close() {
  for (const auto& service : services_) {
    g_socket_service_stop(service.get());
    g_socket_listener_close(G_SOCKET_LISTENER(service.get()));
  }
  services_.clear();
}

Result<unsigned> Door::open(GInetAddress* address, unsigned port) {
  addresses_.push_back(ObjectPtr<GSocketAddress>::adopt(
      g_inet_socket_address_new(address, static_cast<guint16>(port))));
  if (auto listening = listen(); !listening) return listening.as<unsigned>();
  if (back_again_) close();
  return unsigned{g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(addresses_.back().get()))};
}

// On all addresses that have no listener yet; each becomes the one it was bound to. One service for
// each: adding an address to a service drops the connection that it is about to accept.
Outcome Door::listen() {
  while (services_.size() < addresses_.size()) {
    auto service = ObjectPtr<GSocketService>::adopt(g_socket_service_new());
    GSocketListener* listener = G_SOCKET_LISTENER(service.get());
    g_socket_listener_set_backlog(listener, kBacklog);
    g_signal_connect(service.get(), "incoming",
                     G_CALLBACK(+[](GSocketService*, GSocketConnection* connection, GObject*,
                                    Door* self) -> gboolean {
                       self->let_in(connection);
                       return TRUE;
                     }),
                     this);
    auto& address = addresses_[services_.size()];
    GSocketAddress* bound = nullptr;
    GErrorPtr error;
    if (!g_socket_listener_add_address(listener, address.get(), G_SOCKET_TYPE_STREAM,
                                       G_SOCKET_PROTOCOL_TCP, nullptr, &bound, ErrorOut(error))) {
      return Error{.kind = ErrorKind::cannot_submit, .message = error->message};
    }
    address = ObjectPtr<GSocketAddress>::adopt(bound);
    services_.push_back(std::move(service));
  }
  return Done{};
}

void Door::let_in(GSocketConnection* connection) {
  if (!make_room()) return;
  guests_.push_back(std::make_unique<Guest>(*this, connection));
}

// At the cost of who is silent for the longest time, or else of who has a request under way for the
// longest time: an honest one takes moments.
bool Door::make_room() {
  if (guests_.size() < most_) return true;
  for (bool (Guest::*expendable)() const : {&Guest::is_idle, &Guest::is_reading}) {
    const auto found =
        std::find_if(guests_.begin(), guests_.end(),
                     [expendable](const auto& guest) { return (guest.get()->*expendable)(); });
    if (found == guests_.end()) continue;
    (*found)->leave();
    return true;
  }
  return false;
}

void Door::forget(const Guest* guest) {
  guests_.remove_if([guest](const auto& other) { return other.get() == guest; });
}

void Door::stay_away(std::chrono::seconds time, SoupServerMessage* last) {
  close();
  std::vector<Guest*> all;
  for (const auto& guest : guests_) all.push_back(guest.get());
  if (last != nullptr) {
    soup_message_headers_replace(soup_server_message_get_response_headers(last), "Connection",
                                 "close");
    std::erase(all, Guest::of(last));
  }
  for (Guest* guest : all) guest->leave();
  if (back_again_) g_source_destroy(back_again_.get());
  back_again_.reset(g_timeout_source_new_seconds(static_cast<guint>(time.count())));
  g_source_set_callback(back_again_.get(), G_SOURCE_FUNC(+[](Door* self) -> gboolean {
                          self->back_again_.reset();
                          if (auto listening = self->listen(); listening.failed()) {
                            log(LogLevel::warning, "rehearsal: cannot listen again: %s",
                                listening.error().message.c_str());
                          }
                          return G_SOURCE_REMOVE;
                        }),
                        this, nullptr);
  g_source_attach(back_again_.get(), g_main_context_get_thread_default());
}

}  // namespace klingtext::rehearsal
