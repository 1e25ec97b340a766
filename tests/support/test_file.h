// SPDX-License-Identifier: LGPL-2.1-or-later
// One program has the tests of a folder; Meson runs it once for each file.
#pragma once

#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <string_view>

namespace klingtext::test {

// After InitGoogleTest(). With the name of a file as the argument, only its tests run; a
// --gtest_filter comes before it. False when there are none.
inline bool select_tests_of_file(int argc, char** argv) {
  if (argc < 2) return true;
  const std::string end = "/" + std::string(argv[1]);
  std::string selected;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const testing::TestInfo& info = *suite.GetTestInfo(j);
      if (!("/" + std::string(info.file())).ends_with(end)) continue;
      selected += std::string(selected.empty() ? "" : ":") + suite.name() + "." + info.name();
    }
  }
  if (selected.empty()) {
    std::cerr << "There is no test in " << argv[1] << ".\n";
    return false;
  }
  if (testing::GTEST_FLAG(filter) == "*") testing::GTEST_FLAG(filter) = selected;
  return true;
}

}  // namespace klingtext::test
