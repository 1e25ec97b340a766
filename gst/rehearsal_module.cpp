// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal_module.h"

#include <gmodule.h>

namespace klingtext {
namespace {

Result<std::shared_ptr<RehearsalService>> start(RehearsalService::Options options, LogSink sink) {
  set_log_sink(sink);
  return RehearsalService::start(std::move(options));
}

}  // namespace
}  // namespace klingtext

extern "C" {
G_MODULE_EXPORT extern klingtext::StartRehearsal* const klingtext_start_rehearsal;
klingtext::StartRehearsal* const klingtext_start_rehearsal = klingtext::start;
}
