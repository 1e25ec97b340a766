// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libsoup/soup.h>

namespace klingtext::rehearsal {

// Makes `server` close connections that their clients have left between two requests. libsoup
// before 3.3 does not look there and keeps them, descriptor and all, until the process ends.
// Works on the server's thread and goes with its main context.
void watch_for_hangups(SoupServer* server);

}  // namespace klingtext::rehearsal
