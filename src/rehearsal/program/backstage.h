// SPDX-License-Identifier: LGPL-2.1-or-later
// The program's side of the service: failures, the request log, and the paths below /rehearsal.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rehearsal/annex.h"
#include "rehearsal/desk.h"
#include "rehearsal/program/admission.h"
#include "rehearsal/program/altered_clips.h"
#include "rehearsal/program/control.h"
#include "rehearsal/program/delivery.h"
#include "rehearsal/program/desk_page.h"
#include "rehearsal/program/faults.h"
#include "rehearsal/program/request_log.h"
#include "rehearsal/web_front.h"

namespace klingtext::rehearsal {

// Used on the service's thread.
class Backstage : public Annex {
 public:
  // `faults`: armed from the beginning.
  Backstage(Desk& desk, WebFront& front, Faults faults, Admission::Most limits);

  bool serve(const Exchange& exchange) override;
  bool vouches_for(const Exchange& exchange) const override;
  void around(const Exchange& exchange, Call& call, const std::function<void()>& answer) override;
  void note(const Exchange& exchange, const Call& call) override;

 private:
  using Directive = std::vector<Fault>;  // failures that the request itself asks for
  enum class Moment { before, after };

  std::optional<Fault> take(const Call& call, Directive& directive, Moment moment);
  void fail_before(const Exchange& exchange, Call& call, const Fault& fault);
  void fail_clip(const Exchange& exchange, Call& call, const Fault& fault,
                 const std::function<void()>& answer);
  void fail_after(const Exchange& exchange, Call& call, const Fault& fault);
  void reply_altered(const Exchange& exchange, Call& call, const std::function<void()>& answer);
  void alter(const Call& call, Fault::Kind kind);
  void keep(const Exchange& exchange, const Call& call, const Directive& directive);
  void deliver(const Exchange& exchange, Call& call, const Fault& fault);

  Desk& desk_;
  WebFront& front_;
  Faults faults_;
  Admission admission_;
  RequestLog log_;
  std::map<std::string, Fault> spoiled_;  // generations that ended in an error, by id
  AlteredClips altered_;
  Control control_;
  DeskPage page_;
  Deliveries deliveries_;
};

}  // namespace klingtext::rehearsal
