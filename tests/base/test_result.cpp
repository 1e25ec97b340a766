// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace klingtext {
namespace {

Result<int> number(int value) {
  if (value < 0) return Stopped{};
  if (value == 0) return Error{.kind = ErrorKind::settings, .message = "zero"};
  return value;
}

TEST(Result, HoldsAValue) {
  const auto result = number(7);
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_FALSE(result.failed());
  EXPECT_FALSE(result.stopped());
  EXPECT_EQ(*result, 7);
}

TEST(Result, HoldsAnError) {
  const auto result = number(0);
  EXPECT_FALSE(result.ok());
  EXPECT_TRUE(result.failed());
  EXPECT_FALSE(result.stopped());
  EXPECT_EQ(result.error().message, "zero");
}

TEST(Result, TellsAStopFromAnError) {
  const auto result = number(-1);
  EXPECT_FALSE(result.ok());
  EXPECT_FALSE(result.failed());
  EXPECT_TRUE(result.stopped());
}

TEST(Result, CarriesErrorAndStopToAnotherType) {
  const auto failed = number(0).as<std::string>();
  ASSERT_TRUE(failed.failed());
  EXPECT_EQ(failed.error().kind, ErrorKind::settings);
  EXPECT_TRUE(number(-1).as<std::string>().stopped());
}

TEST(Result, GivesAwayWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = std::move(*result);
  EXPECT_EQ(*taken, 3);
}

TEST(Outcome, IsDoneOrNot) {
  EXPECT_TRUE(Outcome(Done{}).ok());
  EXPECT_TRUE(Outcome(Stopped{}).stopped());
  EXPECT_TRUE(Outcome(Error{}).failed());
}

}  // namespace
}  // namespace klingtext
