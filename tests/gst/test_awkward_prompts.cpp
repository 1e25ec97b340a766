// SPDX-License-Identifier: LGPL-2.1-or-later
// Prompts that JSON spells with care: what was bought with them is found again.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

class AwkwardPrompt : public testing::TestWithParam<char> {};

TEST_P(AwkwardPrompt, IsBoughtOnceInTwoRuns) {
  Shop shop;
  for (const unsigned length : {2500U, 1499U, 1U}) {
    for (int run = 0; run < 2; ++run) {
      Pipeline pipeline(shop.source() + " ! fakesink");
      g_object_set(pipeline.named("source").get(), "prompt", std::string(2500, GetParam()).c_str(),
                   "negative-prompt", std::string(length, GetParam()).c_str(), nullptr);
      EXPECT_TRUE(pipeline.play()) << pipeline.errors();
    }
  }
  EXPECT_EQ(shop.service.submissions(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Of, AwkwardPrompt, testing::Values('[', '{', ']', '"', '\\', '/', '*'));

}  // namespace
}  // namespace klingtext::test
