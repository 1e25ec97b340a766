// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/answer_text.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace klingtext::test {
namespace {

TEST(AnswerText, ReadsAStatusWithModifiers) {
  const Answer answer = answer_from_text("503+header=Retry-After:1+chunked+cut-after=12");
  EXPECT_EQ(answer.plan().code, 503U);
  EXPECT_EQ(answer.plan().headers.at(0).first, "Retry-After");
  EXPECT_EQ(answer.plan().headers.at(0).second, "1");
  EXPECT_EQ(answer.plan().framing, Answer::Framing::chunked);
  EXPECT_EQ(answer.plan().cut_after, 12U);
}

TEST(AnswerText, BendsTheNormalAnswerWhenAModifierStandsFirst) {
  EXPECT_EQ(answer_from_text("lost").plan().says, Answer::Says::normal);
  EXPECT_EQ(answer_from_text("lost").plan().instead, Answer::Instead::close);
}

TEST(AnswerText, ReadsListsAndRepetitions) {
  const auto answers = answers_from_text("2*503,normal,error=Name/It broke");
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers.at(1).plan().code, 503U);
  EXPECT_EQ(answers.at(3).plan().error_message, "It broke");
  EXPECT_TRUE(answers_from_text("").empty());
}

TEST(AnswerText, RefusesWhatItDoesNotKnow) {
  EXPECT_THROW(answer_from_text("nonsense"), std::invalid_argument);
  EXPECT_THROW(answer_from_text("normal+cut-after=many"), std::invalid_argument);
}

}  // namespace
}  // namespace klingtext::test
