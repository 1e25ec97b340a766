// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the store is when store-dir is unset: the same in every working directory.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"
#include "support/environment.h"

namespace klingtext::test {
namespace {

class DefaultStore : public testing::Test {
 protected:
  DefaultStore() : before_(std::filesystem::current_path()) {}
  ~DefaultStore() override { std::filesystem::current_path(before_); }

  void generate_in(const std::string& folder) {
    std::filesystem::create_directories(folder);
    std::filesystem::current_path(folder);
    Pipeline pipeline(shop_.source() + " ! fakesink");
    g_object_set(pipeline.named("source").get(), "store-dir", nullptr, nullptr);
    EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  }

  Shop shop_;
  std::filesystem::path before_;
};

TEST_F(DefaultStore, IgnoresARelativeDataHome) {
  const ScopedEnvironment home("HOME", shop_.dir.file("home"));
  const ScopedEnvironment data("XDG_DATA_HOME", "data");
  generate_in(shop_.dir.file("one"));
  generate_in(shop_.dir.file("two"));
  EXPECT_EQ(shop_.service.submissions(), 1U);
  EXPECT_TRUE(std::filesystem::exists(shop_.dir.file("home/.local/share/klingtext")));
}

TEST_F(DefaultStore, IsInTheDataHome) {
  const ScopedEnvironment home("HOME", "");
  const ScopedEnvironment data("XDG_DATA_HOME", shop_.dir.file("data"));
  generate_in(shop_.dir.file("one"));
  EXPECT_TRUE(std::filesystem::exists(shop_.dir.file("data/klingtext")));
}

}  // namespace
}  // namespace klingtext::test
