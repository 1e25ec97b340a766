// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "store/store_dir.h"
#include "support/temp_dir.h"

namespace klingtext::test {

inline void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string get(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A store in a folder of its own.
class StoreFixture : public testing::Test {
 protected:
  std::shared_ptr<StoreDir> open_store() {
    auto opened = StoreDir::open(path());
    EXPECT_TRUE(opened.ok()) << (opened.failed() ? opened.error().message : "");
    return opened.ok() ? *opened : nullptr;
  }
  std::string path() const { return dir_.file("store"); }
  std::string file(const std::string& name) const { return path() + '/' + name; }

  TempDir dir_;
  std::shared_ptr<StoreDir> store_ = open_store();
};

// Sixty-four digits, as a request key is.
inline std::string key_of(char digit) {
  return std::string(64, digit);
}

}  // namespace klingtext::test
