// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/test_file.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!klingtext::test::select_tests_of_file(argc, argv)) return 2;
  return RUN_ALL_TESTS();
}
