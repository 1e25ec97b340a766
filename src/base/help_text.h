// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace klingtext {

// Prints what GOption prints with three points for the ellipsis in it, which would be a question
// mark in the locale C. Called before the command line is parsed.
void print_help_without_ellipsis();

}  // namespace klingtext
