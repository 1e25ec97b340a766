// SPDX-License-Identifier: LGPL-2.1-or-later
// How long earlier generations took, so that the next wait can be planned. Only ever a hint: what
// cannot be read is empty, what cannot be written is dropped.
#pragma once

#include <string>
#include <vector>

#include "store/store_dir.h"

namespace klingtext {

// `kind` tells generations apart that take different times: service, model and length.
std::vector<double> generation_times(const StoreDir& store, const std::string& kind);
void remember_generation_time(const StoreDir& store, const std::string& kind, double seconds);

// Other numbers over 0 that are kept in the same way.
std::vector<double> remembered_numbers(const StoreDir& store, const std::string& kind);
void remember_number(const StoreDir& store, const std::string& kind, double number);

}  // namespace klingtext
