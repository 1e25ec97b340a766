// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "storyboard/display.h"
#include "storyboard/interrupt.h"
#include "storyboard/order.h"

namespace klingtext {

// The film and what is written beside it: .xges, .otio, .edl.
std::vector<std::string> files_of_film(const std::string& film);

// The numbers of those whose clips are not there.
std::vector<unsigned> missing_of(const std::vector<Order>& orders);

// The film of what the store has, and its timeline beside it; slates say why a shot is missing, as
// far as those that were just `tried` tell. An error when there is nothing to show at all.
Result<Ending> cut_film(const Storyboard& storyboard, const std::vector<Order>& orders,
                        const Shots& tried, const std::string& path, const Interrupt& interrupt,
                        Display& display);

}  // namespace klingtext
