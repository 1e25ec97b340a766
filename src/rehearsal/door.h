// SPDX-License-Identifier: LGPL-2.1-or-later
// Lets clients in, and shows out those who only hold a place.
#pragma once

#include <libsoup/soup.h>

#include <chrono>
#include <list>
#include <memory>
#include <vector>

#include "base/glib_ptr.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace klingtext::rehearsal {

// SoupServer would listen by itself, but it has no limits, and libsoup before 3.3 keeps connections
// that their clients have left between two requests, descriptor and all, until the process ends.
// Used on the server's thread.
class Door {
 public:
  // `server` gets the connections; it outlives this object.
  explicit Door(SoupServer* server);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  // One more address to listen on; port 0 picks one. The port.
  Result<unsigned> open(GInetAddress* address, unsigned port);

  // Ends all connections and refuses new ones for so long. The one of `last`, if any, ends when
  // its answer is out. Before open(), it is as if open() had come first.
  void stay_away(std::chrono::seconds time, SoupServerMessage* last = nullptr);

 private:
  class Guest;
  Outcome listen();
  void let_in(GSocketConnection* connection);
  bool make_room();
  void forget(const Guest* guest);
  void close();

  SoupServer* server_;
  UniqueFd silent_;
  std::vector<ObjectPtr<GSocketAddress>> addresses_;
  std::vector<ObjectPtr<GSocketService>> services_;  // one for each of the first addresses
  GlibPtr<GSource, g_source_unref> back_again_;
  std::list<std::unique_ptr<Guest>> guests_;  // the longest here first
  std::size_t most_;
};

}  // namespace klingtext::rehearsal
