// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers of earlier generations, such as how long they took, so that the next wait can be planned.
// Only ever a hint: what cannot be read is empty, what cannot be written is dropped.
#pragma once

#include <string>
#include <vector>

#include "store/store_dir.h"

namespace klingtext {

// The last numbers over 0 of one kind, in the order they came.
std::vector<double> remembered_numbers(const StoreDir& store, const std::string& kind);
void remember_number(const StoreDir& store, const std::string& kind, double number);

// The seconds that generations of a kind took: of one service, model and length.
void remember_generation_time(const StoreDir& store, const std::string& kind, double seconds);

}  // namespace klingtext
