// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "support/test_file.h"

#ifdef __SANITIZE_ADDRESS__
// What libraries allocate once and keep is not ours; the names of it need whole stacks.
extern "C" const char* __asan_default_options() {  // NOLINT
  return "fast_unwind_on_malloc=0";
}
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
  return "leak:call_init\nleak:libfontconfig\n";
}
#endif

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!klingtext::test::select_tests_of_file(argc, argv)) return 2;
  gst_init(&argc, &argv);
  const int failed = RUN_ALL_TESTS();
  gst_deinit();
  return failed;
}
