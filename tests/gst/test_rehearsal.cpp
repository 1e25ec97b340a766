// SPDX-License-Identifier: LGPL-2.1-or-later
// A rehearsal plays like the real thing, without a key and for nothing.
#include <gtest/gtest.h>

#include "pipeline.h"
#include "support/temp_dir.h"

namespace klingtext::test {
namespace {

double seconds_of(gint64 nanoseconds) {
  return static_cast<double>(nanoseconds) / GST_SECOND;
}

TEST(Rehearsal, IsAsLongAsAskedAndKeptForTheNextTime) {
  const TempDir dir;
  std::string id;
  for (int round = 0; round < 2; ++round) {
    Pipeline pipeline(
        "playbin3 uri=klingtext:A%20raccoon?rehearse=true video-sink=\"fakesink"
        " name=v sync=false\" audio-sink=\"fakesink sync=false\"");
    pipeline.on_source_setup("", [&](GstElement* source) {
      g_object_set(source, "store-dir", dir.file("store").c_str(), nullptr);
    });
    ASSERT_TRUE(pipeline.play()) << pipeline.errors();
    gint64 duration = -1;
    ASSERT_TRUE(gst_element_query_duration(pipeline.get(), GST_FORMAT_TIME, &duration));
    EXPECT_NEAR(seconds_of(duration), 5.0, 0.03);
    gint64 position = -1;
    ASSERT_TRUE(gst_element_query_position(pipeline.get(), GST_FORMAT_TIME, &position));
    EXPECT_NEAR(seconds_of(position), 5.0, 0.05);

    const GstStructure* last =
        gst_message_get_structure(generations_in(pipeline.messages()).back().get());
    gboolean reused = FALSE;
    gst_structure_get_boolean(last, "reused", &reused);
    EXPECT_EQ(reused != FALSE, round == 1);
    if (round == 1) {
      EXPECT_EQ(string_field(last, "generation-id"), id);
    }
    id = string_field(last, "generation-id");
    EXPECT_TRUE(pipeline.stop());
  }
}

TEST(Rehearsal, CanBeStoppedWhileItRenders) {
  const TempDir dir;
  Pipeline pipeline("klingtextsrc rehearse=true prompt=raccoon store-dir=" + dir.file("store") +
                    " ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(pipeline.wait_for([](const Messages& m) { return !generations_in(m).empty(); }));
  EXPECT_TRUE(pipeline.stop());
}

TEST(Rehearsal, SaysWhyItIsNotFoundWhenTheRegistryDoesNotKnowThePlugin) {
  const TempDir dir;
  Pipeline pipeline("klingtextsrc rehearse=true prompt=raccoon store-dir=" + dir.file("store") +
                    " ! fakesink");
  GstRegistry* const registry = gst_registry_get();
  const auto plugin = ObjectPtr<GstPlugin>::adopt(gst_registry_find_plugin(registry, "klingtext"));
  gst_registry_remove_plugin(registry, plugin.get());
  EXPECT_FALSE(pipeline.play());
  EXPECT_NE(pipeline.errors().find("Load the plugin from its file"), std::string::npos)
      << pipeline.errors();
  gst_registry_add_plugin(registry, plugin.get());
}

}  // namespace
}  // namespace klingtext::test
