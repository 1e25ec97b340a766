// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rehearsal/program/admission.h"
#include "rehearsal/program/fault.h"
#include "rehearsal/rehearsal_service.h"

namespace klingtext::rehearsal {

struct CommandLine {
  RehearsalService::Options service;
  std::vector<Fault> faults;
  Admission::Most limits;
  std::string seed = "0";
};

// None after saying on stderr what is wrong with it. Initializes GStreamer.
std::optional<CommandLine> read_command_line(int argc, char** argv);

}  // namespace klingtext::rehearsal
