// SPDX-License-Identifier: LGPL-2.1-or-later
// A klingtext: URI plays wherever a file's URI does, and is bought once however often a bin opens
// or probes it.
#include <gst/pbutils/pbutils.h>
#include <gtest/gtest.h>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

struct Way {
  const char* name;
  const char* line;
  const char* bin;  // that makes the source; "" is the pipeline itself
};

class UriPlayback : public testing::TestWithParam<Way> {};

TEST_P(UriPlayback, PlaysToItsEndForOneSubmission) {
  Shop shop;
  shop.service.set_clip(tiny_mp4({.index = Mp4Index::end}));
  Pipeline pipeline(GetParam().line);
  unsigned sources = 0;
  pipeline.on_source_setup(GetParam().bin, [&](GstElement* source) {
    ++sources;
    shop.configure(source);
  });
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_EQ(sources, 1U);
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_EQ(
      shop.service.submission_list().front().body,
      R"({"duration":10,"generate_audio":true,"model":"klingai/video-v2-6-pro-text-to-video",)"
      R"("prompt":"A raccoon"})");
  gint64 duration = -1;
  EXPECT_TRUE(gst_element_query_duration(pipeline.get(), GST_FORMAT_TIME, &duration));
  EXPECT_NEAR(static_cast<double>(duration) / GST_SECOND, 1.0, 0.05);
  EXPECT_TRUE(pipeline.stop());
}

#define URI "uri=klingtext:A%20raccoon?duration=10"
#define QUIET_SINKS " video-sink=fakesink audio-sink=fakesink"

INSTANTIATE_TEST_SUITE_P(
    Bins, UriPlayback,
    testing::Values(Way{"playbin", "playbin " URI QUIET_SINKS, ""},
                    Way{"playbin3", "playbin3 " URI QUIET_SINKS, ""},
                    Way{"uridecodebin", "uridecodebin name=bin " URI " ! fakesink", "bin"},
                    Way{"uridecodebin3", "uridecodebin3 name=bin " URI " ! fakesink", "bin"},
                    Way{"urisourcebin",
                        "urisourcebin name=bin " URI " ! decodebin3 ! videoconvert ! fakesink",
                        "bin"}),
    [](const auto& tested) { return tested.param.name; });

// 60 s are bought by a URI; the next one is told which cap it met, and how to raise it.
TEST(UriCap, IsNamedWhereItRefusesASubmission) {
  Shop shop;
  shop.service.set_clip(tiny_mp4());
  Pipeline first("playbin3 uri=klingtext:A?duration=60&model=some/other" QUIET_SINKS);
  first.on_source_setup("", [&](GstElement* source) { shop.configure(source); });
  ASSERT_TRUE(first.play()) << first.errors();
  EXPECT_TRUE(first.stop());
  Pipeline second("playbin3 uri=klingtext:B" QUIET_SINKS);
  second.on_source_setup("", [&](GstElement* source) { shop.configure(source); });
  EXPECT_FALSE(second.play());
  for (const char* part : {"60 s of the 60 s", "the cap of an element that a klingtext: URI",
                           "KLINGTEXT_MAX_DAILY_SECONDS"}) {
    EXPECT_NE(second.errors().find(part), std::string::npos) << second.errors();
  }
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(UriDiscovery, ThenPlaybackIsOneSubmission) {
  Shop shop;
  shop.service.set_clip(tiny_mp4());
  gst_init(nullptr, nullptr);
  GErrorPtr error;
  const auto discoverer =
      ObjectPtr<GstDiscoverer>::adopt(gst_discoverer_new(30 * GST_SECOND, ErrorOut(error)));
  ASSERT_TRUE(discoverer) << error->message;
  g_signal_connect(discoverer.get(), "source-setup",
                   G_CALLBACK(+[](GstDiscoverer*, GstElement* source, gpointer data) {
                     static_cast<Shop*>(data)->configure(source);
                   }),
                   &shop);
  const auto info = ObjectPtr<GstDiscovererInfo>::adopt(
      gst_discoverer_discover_uri(discoverer.get(), "klingtext:A%20raccoon", ErrorOut(error)));
  ASSERT_TRUE(info);
  EXPECT_EQ(gst_discoverer_info_get_result(info.get()), GST_DISCOVERER_OK);
  EXPECT_NEAR(static_cast<double>(gst_discoverer_info_get_duration(info.get())) / GST_SECOND, 1.0,
              0.05);
  EXPECT_TRUE(gst_discoverer_info_get_seekable(info.get()));

  Pipeline pipeline("playbin3 uri=klingtext:A%20raccoon" QUIET_SINKS);
  pipeline.on_source_setup("", [&](GstElement* source) { shop.configure(source); });
  EXPECT_TRUE(pipeline.play());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

// In a process of its own: GLib looks at XDG_DATA_HOME once. Followed by id, because a submission
// would be left in peace for its first minute.
TEST(UriPlaybackByEnvironment, TakesServiceKeyAndStoreFromThere) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "gst-launch-1.0 has no sanitizer in it and cannot load a plugin that has";
#endif
  Shop shop({.statuses = {"completed"}, .api_key = "from-environment"});
  shop.service.set_clip(tiny_mp4());
  shop.service.add_generation("gen-1");
  const std::string line = "env AIMLAPI_BASE_URL=" + shop.service.base_url() +
                           " AIMLAPI_API_KEY=from-environment XDG_DATA_HOME=" + shop.dir.string() +
                           " gst-launch-1.0 -q uridecodebin3 uri=klingtext:?generation-id=gen-1"
                           " ! fakesink";
  int status = -1;
  GErrorPtr error;
  ASSERT_TRUE(g_spawn_command_line_sync(line.c_str(), nullptr, nullptr, &status, ErrorOut(error)));
  EXPECT_EQ(status, 0);
  EXPECT_EQ(shop.service.submissions(), 0U);
  EXPECT_EQ(shop.service.polls(), 1U);
  EXPECT_TRUE(std::filesystem::is_directory(shop.dir.file("klingtext")));
}

}  // namespace
}  // namespace klingtext::test
