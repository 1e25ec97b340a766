// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "storyboard/command_line.h"
#include "storyboard/order.h"

namespace klingtext {

// What the film would buy and what is paid already, to stdout. Submits nothing, needs no key.
Outcome print_estimate(const std::vector<Order>& orders, CommandLine::Output output);

}  // namespace klingtext
