// SPDX-License-Identifier: LGPL-2.1-or-later
// Which process wrote something down, in a form that another process can check later.
#pragma once

#include <string>
#include <string_view>

namespace klingtext {

enum class Liveness { alive, dead, unknown };

// Another one after each start of the machine; empty when unknown.
std::string boot_id();

// Host, boot id, pid namespace, pid and start time, separated by spaces. Of the calling process,
// also in a forked child.
std::string process_id();
// Whether the process that process_id() named is running. Unknown for a process of another host, of
// another boot or of another pid namespace, and for text of another form.
Liveness liveness_of(std::string_view process);
bool is_this_process(std::string_view process);
// "process 42 on host render-7", for a sentence; empty for text of another form.
std::string process_text(std::string_view process);

}  // namespace klingtext
