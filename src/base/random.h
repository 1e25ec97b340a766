// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

namespace klingtext {

// Lower-case hex of `bytes` unpredictable bytes from the kernel; fit for bearer tokens.
std::string random_hex(std::size_t bytes);

// Uniform in [low, high). For jitter only.
double random_between(double low, double high);

}  // namespace klingtext
