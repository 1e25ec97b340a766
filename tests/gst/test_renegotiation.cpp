// SPDX-License-Identifier: LGPL-2.1-or-later
// Demuxers ask for reconfiguration when their pads are linked. Bytes have nothing to negotiate, and
// an allocation query that waits in a queue while the demuxer behind it ends is never answered.
#include <gtest/gtest.h>

#include <atomic>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

struct Seen {
  std::atomic<unsigned> buffers = 0;
  std::atomic<unsigned> allocation_queries = 0;
};

GstPadProbeReturn look(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* seen = static_cast<Seen*>(data);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    ++seen->buffers;
    gst_pad_send_event(pad, gst_event_new_reconfigure());
  } else if ((info->type & GST_PAD_PROBE_TYPE_PUSH) != 0 &&
             GST_QUERY_TYPE(GST_PAD_PROBE_INFO_QUERY(info)) == GST_QUERY_ALLOCATION) {
    ++seen->allocation_queries;
  }
  return GST_PAD_PROBE_OK;
}

TEST(Renegotiation, IsNotTriedWhileDataFlows) {
  Shop shop;
  Seen seen;
  Pipeline pipeline(shop.source() + " blocksize=1024 ! fakesink");
  const PadPtr pad(gst_element_get_static_pad(pipeline.named("source").get(), "src"));
  gst_pad_add_probe(
      pad.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM),
      look, &seen, nullptr);
  ASSERT_TRUE(pipeline.play());
  EXPECT_GT(seen.buffers, 10U);
  EXPECT_LE(seen.allocation_queries, 1U);  // the one before the first buffer
  EXPECT_EQ(shop.service.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext::test
