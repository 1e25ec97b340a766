// SPDX-License-Identifier: LGPL-2.1-or-later
// The presets that are installed, and those a user saves.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "pipeline.h"

namespace klingtext::test {
namespace {

using NamesPtr = GlibPtr<char*, g_strfreev>;

class Presets : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_preset_set_app_dir(std::getenv("KLINGTEXT_PRESETS")); }

  GstPreset* source() { return GST_PRESET(source_.get()); }
  std::string text(const char* property) {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(source_.get()), property, &value);
    const GCharPtr text(gst_value_serialize(&value));
    g_value_unset(&value);
    return text == nullptr ? "" : text.get();
  }

  ElementPtr source_ = make_element("klingtextsrc");
};

TEST_F(Presets, InstalledOnesAreOffered) {
  const NamesPtr names(gst_preset_get_preset_names(source()));
  ASSERT_NE(names, nullptr);
  for (const char* name : {"Landscape", "Portrait", "Square", "Silent", "Long"}) {
    EXPECT_TRUE(g_strv_contains(names.get(), name)) << name;
    char* comment = nullptr;
    EXPECT_TRUE(gst_preset_get_meta(source(), name, "comment", &comment)) << name;
    const GCharPtr owned(comment);
  }
}

TEST_F(Presets, SayWhatToGenerate) {
  ASSERT_TRUE(gst_preset_load_preset(source(), "Portrait"));
  EXPECT_EQ(text("aspect-ratio"), "9:16");
  EXPECT_EQ(text("generate-audio"), "true");
  ASSERT_TRUE(gst_preset_load_preset(source(), "Silent"));
  EXPECT_EQ(text("aspect-ratio"), "16:9");
  EXPECT_EQ(text("generate-audio"), "false");
  ASSERT_TRUE(gst_preset_load_preset(source(), "Long"));
  EXPECT_EQ(text("duration"), "10");
}

// Whatever was loaded before: a preset leaves nothing of another one behind.
TEST_F(Presets, AreWhole) {
  ASSERT_TRUE(gst_preset_load_preset(source(), "Long"));
  for (const char* name : {"Landscape", "Portrait", "Square", "Silent"}) {
    ASSERT_TRUE(gst_preset_load_preset(source(), name));
    EXPECT_EQ(text("duration"), "5") << name;
  }
}

TEST_F(Presets, OfAUserHoldHowItIsToBeAndNothingElse) {
  g_log_set_always_fatal(static_cast<GLogLevelFlags>(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL));
  g_object_set(source_.get(), "prompt", "A raccoon", "api-key", "s3cret", "api-key-file", "/a/key",
               "store-dir", "/a/store", "resubmit", "klingtext-1", "duration", 10, nullptr);
  ASSERT_TRUE(gst_preset_save_preset(source(), "Mine"));
  const GCharPtr path(g_build_filename(g_get_user_data_dir(), "gstreamer-1.0", "presets",
                                       "GstKlingTextSrc.prs", nullptr));
  std::ifstream file(path.get());
  const std::string saved(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(saved.find("duration=10"), std::string::npos) << saved;
  for (const char* word :
       {"prompt", "s3cret", "/a/", "klingtext-1", "parent", "blocksize", "base-url"}) {
    EXPECT_EQ(saved.find(word), std::string::npos) << saved;
  }

  source_ = make_element("klingtextsrc");
  EXPECT_TRUE(gst_preset_load_preset(source(), "Mine"));
  EXPECT_EQ(text("duration"), "10");
  EXPECT_TRUE(gst_preset_delete_preset(source(), "Mine"));
}

}  // namespace
}  // namespace klingtext::test
