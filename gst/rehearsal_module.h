// SPDX-License-Identifier: LGPL-2.1-or-later
// What the plugin and the rehearsal's module know of each other. Both come from the same build,
// which the module's name ensures.
#pragma once

#include <memory>

#include "base/log.h"
#include "rehearsal/rehearsal_service.h"

namespace klingtext {

using StartRehearsal = Result<std::shared_ptr<RehearsalService>>(RehearsalService::Options options,
                                                                 LogSink sink);
// Not .so, or GStreamer would take it for a plugin.
constexpr char kRehearsalModule[] = "klingtext-rehearsal-" KLINGTEXT_VERSION ".module";
// The module's one symbol: a pointer to a StartRehearsal.
constexpr char kStartRehearsal[] = "klingtext_start_rehearsal";

}  // namespace klingtext
