// SPDX-License-Identifier: LGPL-2.1-or-later
// A source that was only asked questions has done nothing: no thread, no file, no connection.
#include <gst/base/gstbasesrc.h>
#include <gtest/gtest.h>

#include "own_resources.h"
#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

using QueryPtr = GlibPtr<GstQuery, gst_query_unref>;

class Idle : public testing::Test {
 protected:
  Idle() : source_(make_element("klingtextsrc")) {
    shop_.configure(source_.get());
    g_object_set(source_.get(), "prompt", "raccoon", nullptr);
    pad_.reset(gst_element_get_static_pad(source_.get(), "src"));
    // GLib's own threads, if it wants any.
    ask();
  }
  ~Idle() override { gst_element_set_state(source_.get(), GST_STATE_NULL); }

  void ask() {
    const QueryPtr scheduling(gst_query_new_scheduling());
    EXPECT_TRUE(gst_pad_query(pad_.get(), scheduling.get()));
    EXPECT_TRUE(gst_query_has_scheduling_mode_with_flags(scheduling.get(), GST_PAD_MODE_PULL,
                                                         GST_SCHEDULING_FLAG_SEEKABLE));
    EXPECT_TRUE(gst_query_has_scheduling_mode(scheduling.get(), GST_PAD_MODE_PUSH));
    GstSchedulingFlags flags = GST_SCHEDULING_FLAG_SEQUENTIAL;
    gst_query_parse_scheduling(scheduling.get(), &flags, nullptr, nullptr, nullptr);
    EXPECT_EQ(flags & GST_SCHEDULING_FLAG_BANDWIDTH_LIMITED, 0);

    gint64 duration = 0;
    EXPECT_TRUE(gst_pad_query_duration(pad_.get(), GST_FORMAT_BYTES, &duration));
    EXPECT_EQ(duration, -1);
    EXPECT_FALSE(gst_pad_query_duration(pad_.get(), GST_FORMAT_TIME, &duration));

    const QueryPtr uri(gst_query_new_uri());
    EXPECT_TRUE(gst_pad_query(pad_.get(), uri.get()));
    char* text = nullptr;
    gst_query_parse_uri(uri.get(), &text);
    const GCharPtr owned(text);
    EXPECT_STREQ(text, "klingtext:raccoon");

    const QueryPtr seeking(gst_query_new_seeking(GST_FORMAT_BYTES));
    EXPECT_TRUE(gst_pad_query(pad_.get(), seeking.get()));
    gboolean seekable = FALSE;
    gst_query_parse_seeking(seeking.get(), nullptr, &seekable, nullptr, nullptr);
    EXPECT_TRUE(seekable);

    for (const char* name : {"status", "stats", "generation-id", "base-url", "store-dir"}) {
      GValue value = G_VALUE_INIT;
      g_object_get_property(G_OBJECT(source_.get()), name, &value);
      g_value_unset(&value);
    }
  }
  void expect_nothing(const OwnResources& before) {
    EXPECT_EQ(OwnResources(), before);
    EXPECT_EQ(shop_.service.connections(), 0U);
    EXPECT_FALSE(std::filesystem::exists(shop_.store()));
  }

  Shop shop_;
  ElementPtr source_;
  PadPtr pad_;
};

TEST_F(Idle, QuestionsInEveryStateCostNothing) {
  const OwnResources before;
  for (const GstState state : {GST_STATE_NULL, GST_STATE_READY, GST_STATE_NULL, GST_STATE_READY}) {
    gst_element_set_state(source_.get(), state);
    for (int i = 0; i < 10; ++i) ask();
    expect_nothing(before);
  }
}

TEST_F(Idle, StartAndStopCostNothing) {
  const OwnResources before;
  gst_element_set_state(source_.get(), GST_STATE_READY);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(gst_pad_activate_mode(pad_.get(), GST_PAD_MODE_PULL, TRUE));
    ask();
    ASSERT_TRUE(gst_pad_activate_mode(pad_.get(), GST_PAD_MODE_PULL, FALSE));
  }
  expect_nothing(before);
}

TEST_F(Idle, APipelineThatNobodyPullsFromSubmitsNothing) {
  const OwnResources before;
  {
    Pipeline pipeline("uridecodebin name=bin uri=klingtext:raccoon");
    pipeline.on_source_setup("bin", [&](GstElement* source) { shop_.configure(source); });
    pipeline.set_state(GST_STATE_READY);
    pipeline.set_state(GST_STATE_NULL);
  }
  expect_nothing(before);
}

}  // namespace
}  // namespace klingtext::test
