// SPDX-License-Identifier: LGPL-2.1-or-later
// A source pad without a peer: NOT_LINKED, and no submission.
#include <gtest/gtest.h>

#include "pulled_source.h"

namespace klingtext::test {
namespace {

void expect_nothing_bought(const Shop& shop) {
  EXPECT_EQ(shop.service.connections(), 0U);
  EXPECT_EQ(shop.service.submissions(), 0U);
  EXPECT_FALSE(std::filesystem::exists(shop.store()));
}

TEST(UnlinkedSource, ErrorsAndBuysNothingWhenPushed) {
  Shop shop;
  Pipeline pipeline(shop.source());
  EXPECT_FALSE(pipeline.play());
  EXPECT_NE(pipeline.errors().find("not-linked"), std::string::npos) << pipeline.errors();
  EXPECT_TRUE(pipeline.stop());
  expect_nothing_bought(shop);
}

TEST(UnlinkedSource, ErrorsBeforeItsSettingsAreRead) {
  Shop shop;
  Pipeline pipeline(shop.source());
  pipeline.set_state(GST_STATE_PAUSED);
  g_object_set(pipeline.named("source").get(), "prompt", nullptr, nullptr);
  EXPECT_TRUE(pipeline.wait_for_end());
  EXPECT_NE(pipeline.errors().find("not-linked"), std::string::npos) << pipeline.errors();
  expect_nothing_bought(shop);
}

TEST(UnlinkedSource, BuysNothingWhenPulledUntilItIsLinked) {
  Shop shop;
  PulledSource source(shop);
  source.unlink();
  EXPECT_EQ(source.get(0, 100), GST_FLOW_NOT_LINKED);
  expect_nothing_bought(shop);
  source.link();
  EXPECT_EQ(source.get(0, 100), GST_FLOW_OK);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

// The probe runs on the streaming thread right before the first create().
TEST(UnlinkedSource, BuysNothingWhenUnlinkedAfterItStarted) {
  Shop shop;
  Pipeline pipeline(shop.source() + " ! fakesink");
  const PadPtr pad(gst_element_get_static_pad(pipeline.named("source").get(), "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      [](GstPad* source, GstPadProbeInfo*, gpointer) {
        const PadPtr sink(gst_pad_get_peer(source));
        if (sink) gst_pad_unlink(source, sink.get());
        return GST_PAD_PROBE_REMOVE;
      },
      nullptr, nullptr);
  EXPECT_FALSE(pipeline.play());
  EXPECT_TRUE(pipeline.stop());
  expect_nothing_bought(shop);
}

}  // namespace
}  // namespace klingtext::test
