// SPDX-License-Identifier: LGPL-2.1-or-later
// extra-params: what JSON has words for is sent, anything else is refused before it is bought.
#include <gtest/gtest.h>

#include <limits>

#include "pipeline.h"
#include "shop.h"
#include "store/entry.h"

namespace klingtext::test {
namespace {

class ExtraParams : public testing::Test {
 protected:
  // What is sent, or nothing when it is refused.
  std::string sent(GstStructure* params) {
    Pipeline pipeline(shop_.source() + " model=some/other ! fakesink");
    g_object_set(pipeline.named("source").get(), "extra-params", params, nullptr);
    gst_structure_free(params);
    pipeline.play();
    errors_ = pipeline.errors();
    const auto submissions = shop_.service.submission_list();
    return submissions.empty() ? "" : submissions.back().body;
  }
  void expect_sent(GstStructure* params, const std::string& member) {
    const std::string body = sent(params);
    EXPECT_NE(body.find(member), std::string::npos) << member << " in " << body << errors_;
  }

  Shop shop_;
  std::string errors_;
};

TEST_F(ExtraParams, OfEveryKindAreSent) {
  gst_init(nullptr, nullptr);
  expect_sent(gst_structure_new("p", "a", G_TYPE_INT, -3, "b", G_TYPE_UINT, 4U, nullptr),
              R"("a":-3,"b":4)");
  expect_sent(gst_structure_new("p", "c", G_TYPE_INT64, std::numeric_limits<gint64>::min(), "d",
                                G_TYPE_UINT64, guint64{G_MAXINT64}, nullptr),
              R"("c":-9223372036854775808,"d":9223372036854775807)");
  expect_sent(gst_structure_new("p", "e", G_TYPE_FLOAT, 0.5, "f", G_TYPE_DOUBLE, 0.25, nullptr),
              R"("e":0.5,"f":0.25)");
  expect_sent(
      gst_structure_new("p", "y", G_TYPE_BOOLEAN, TRUE, "z", G_TYPE_BOOLEAN, FALSE, nullptr),
      R"("y":true,"z":false)");
  expect_sent(gst_structure_new("p", "i", G_TYPE_STRING, "two \"words\"", "j", G_TYPE_STRING,
                                nullptr, nullptr),
              R"("i":"two \"words\"","j":null)");
}

TEST_F(ExtraParams, AreListsAndListsOfLists) {
  gst_init(nullptr, nullptr);
  expect_sent(gst_structure_from_string("p,k={1,2},l=<true,false>", nullptr),
              R"("k":[1,2],"l":[true,false])");
  expect_sent(gst_structure_from_string("p,m=<<(int)1,(int)2>,<(int)3>>", nullptr),
              R"("m":[[1,2],[3]])");
}

// The journal's numbers have 64 bits with a sign, so a larger one would be kept as another number.
TEST_F(ExtraParams, PastTheJournalsNumbersAreRefused) {
  gst_init(nullptr, nullptr);
  for (GstStructure* params :
       {gst_structure_new("p", "d", G_TYPE_UINT64, guint64{G_MAXINT64} + 1, nullptr),
        gst_structure_new("p", "d", G_TYPE_UINT64, G_MAXUINT64, nullptr),
        gst_structure_new("p", "d\xff", G_TYPE_INT, 1, nullptr)}) {
    EXPECT_EQ(sent(params), "");
    EXPECT_NE(errors_.find("extra-params"), std::string::npos) << errors_;
  }
  EXPECT_EQ(shop_.service.connections(), 0U);
}

TEST_F(ExtraParams, AreJournaledAsTheyAreSent) {
  gst_init(nullptr, nullptr);
  const std::string body =
      sent(gst_structure_new("p", "a", G_TYPE_INT64, G_MININT64, "b", G_TYPE_UINT64,
                             guint64{G_MAXINT64}, "c", G_TYPE_DOUBLE, 1e300, "d", G_TYPE_DOUBLE,
                             0.1, "e", G_TYPE_STRING, "\x7f\t\xf0\x9f\xa6\x9d/\\\"", nullptr));
  const auto entry = entry_from_json(shop_.stored(".json"));
  ASSERT_TRUE(entry);
  EXPECT_FALSE(body.empty());
  EXPECT_EQ(entry->request, body);
}

TEST_F(ExtraParams, WithoutAWordInJsonAreRefused) {
  gst_init(nullptr, nullptr);
  for (GstStructure* params :
       {gst_structure_from_string("p,odd=1/2", nullptr),
        gst_structure_from_string("p,odd=[1,2]", nullptr),
        gst_structure_from_string("p,odd={1/2,1/3}", nullptr),
        gst_structure_new("p", "odd", G_TYPE_DOUBLE, std::numeric_limits<double>::quiet_NaN(),
                          nullptr),
        gst_structure_new("p", "odd", G_TYPE_FLOAT, std::numeric_limits<double>::infinity(),
                          nullptr)}) {
    EXPECT_EQ(sent(params), "");
    EXPECT_NE(errors_.find("extra-params field odd"), std::string::npos) << errors_;
  }
  EXPECT_EQ(shop_.service.connections(), 0U);
}

}  // namespace
}  // namespace klingtext::test
