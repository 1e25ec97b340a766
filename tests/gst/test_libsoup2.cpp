// SPDX-License-Identifier: LGPL-2.1-or-later
// With libsoup 2 in the process: one error, nothing submitted, nothing written.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

class Libsoup2 : public testing::TestWithParam<const char*> {
 protected:
  Libsoup2() : loaded_(dlopen(g_getenv("KLINGTEXT_LIBSOUP2"), RTLD_LAZY | RTLD_LOCAL)) {}
  ~Libsoup2() override { unload(); }
  void unload() {
    if (loaded_ != nullptr) dlclose(loaded_);
    loaded_ = nullptr;
  }

  Shop shop_;
  void* loaded_;
};

TEST_P(Libsoup2, IsOneErrorBeforeAnything) {
  ASSERT_NE(loaded_, nullptr) << dlerror();
  Pipeline pipeline(shop_.source() + GetParam());
  EXPECT_FALSE(pipeline.play());
  const Messages errors = ours(of_type(pipeline.messages(), GST_MESSAGE_ERROR));
  ASSERT_FALSE(errors.empty());
  const Failure failure = failure_of(errors.front());
  EXPECT_EQ(failure.code, GST_RESOURCE_ERROR_SETTINGS);
  EXPECT_NE(failure.sentence.find("libsoup 2"), std::string::npos) << failure.sentence;
  EXPECT_TRUE(pipeline.stop());
  EXPECT_EQ(shop_.service.connections(), 0U);
  EXPECT_FALSE(std::filesystem::exists(shop_.store()));
}

INSTANTIATE_TEST_SUITE_P(Sinks, Libsoup2,
                         testing::Values(" ! fakesink", " ! decodebin3 ! fakesink",
                                         " rehearse=true ! fakesink"),
                         [](const auto& tested) { return std::to_string(tested.index); });

}  // namespace
}  // namespace klingtext::test
