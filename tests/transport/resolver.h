// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes names under .test lead to 127.0.0.1, in this process and as long as it lives: the names of
// a service that is elsewhere, and of one that only pretends to be.
#pragma once

namespace klingtext::test {

void resolve_test_names();

}  // namespace klingtext::test
