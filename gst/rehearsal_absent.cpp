// SPDX-License-Identifier: LGPL-2.1-or-later
// RehearsalService::start() of a build with -Drehearsal=disabled.
#include "rehearsal/rehearsal_service.h"

namespace klingtext {

Result<std::shared_ptr<RehearsalService>> RehearsalService::start(Options /*options*/) {
  return Error{.kind = ErrorKind::settings,
               .message =
                   "This build has no rehearsal (-Drehearsal=disabled). Set rehearse=false, "
                   "or start klingtext-rehearsal of another build and set base-url."};
}

}  // namespace klingtext
