// SPDX-License-Identifier: LGPL-2.1-or-later
// Properties and URI are read and written by any thread while the element works, and a change is
// for the next run. What a race would do, ThreadSanitizer tells.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

void read_all(GObject* source) {
  guint count = 0;
  const GlibPtr<GParamSpec*, g_free> all(
      g_object_class_list_properties(G_OBJECT_GET_CLASS(source), &count));
  for (guint i = 0; i < count; ++i) {
    const GParamSpec* spec = all.get()[i];
    if ((spec->flags & G_PARAM_READABLE) == 0) continue;
    GValue value = G_VALUE_INIT;
    g_object_get_property(source, spec->name, &value);
    g_value_unset(&value);
  }
  const GCharPtr uri(gst_uri_handler_get_uri(GST_URI_HANDLER(source)));
  EXPECT_NE(uri, nullptr);
}

TEST(PropertyThreads, ReadAndWriteWhileTheElementWorks) {
  Shop shop;
  shop.service.set_clip(tiny_mp4());
  Pipeline pipeline(shop.source("first") + " ! fakesink");
  const ElementPtr source = pipeline.named("source");
  std::atomic<bool> over = false;
  std::atomic<unsigned> rounds = 0;
  {
    std::jthread reader([&] {
      while (!over) read_all(G_OBJECT(source.get()));
    });
    std::jthread writer([&] {
      while (!over) {
        g_object_set(source.get(), "prompt", "second", "duration", 10, "user-agent", "another",
                     "extra-params", nullptr, nullptr);
        ++rounds;
      }
    });
    EXPECT_TRUE(comes_true([&] { return rounds > 0; }));
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(pipeline.play()) << pipeline.errors();
      EXPECT_TRUE(pipeline.stop());
      pipeline.forget_messages();
    }
    over = true;
  }
  ASSERT_EQ(shop.service.submissions(), 1U);
  EXPECT_NE(shop.service.submission_list().front().body.find("second"), std::string::npos);
}

TEST(PropertyThreads, AChangeIsForTheNextRun) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source("first") + " ! fakesink");
  const ElementPtr source = pipeline.named("source");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  g_object_set(source.get(), "prompt", "second", nullptr);
  shop.service.release();
  ASSERT_TRUE(pipeline.wait_for_end());
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_TRUE(pipeline.stop());
  pipeline.forget_messages();
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  ASSERT_EQ(shop.service.submissions(), 2U);
  EXPECT_NE(shop.service.submission_list().back().body.find("second"), std::string::npos);
}

}  // namespace
}  // namespace klingtext::test
