// SPDX-License-Identifier: LGPL-2.1-or-later
// What the program does. Each prints its result to stdout and what is wrong to stderr.
#pragma once

#include <span>

#include "journal/command_line.h"
#include "journal/record.h"

namespace klingtext {

Exit list(const JournalView& view, const CommandLine& line);
Exit show(const JournalView& view, const CommandLine& line);
Exit forget(const JournalView& view, const CommandLine& line);
Exit verify(const JournalView& view, const CommandLine& line);
// Of several stores, and their sum.
Exit spent(std::span<const JournalView> views, const CommandLine& line);
Exit fetch(const JournalView& view, const CommandLine& line);
Exit recover(const JournalView& view, const CommandLine& line);
Exit prune(const JournalView& view, const CommandLine& line);

Exit complain(const Error& error);
void warn(const std::string& sentence);
// Entries that cannot be read, one line each. True when there are any.
bool complain_of_entries(const JournalView::Contents& contents, const StoreDir& store);

}  // namespace klingtext
