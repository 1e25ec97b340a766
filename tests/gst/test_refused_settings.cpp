// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings that cannot work are refused with a sentence before anything is asked of the service.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <limits>

#include "pipeline.h"
#include "shop.h"
#include "support/environment.h"

namespace klingtext::test {
namespace {

struct Case {
  const char* name;
  // Changes a source that would work.
  std::function<void(GstElement*, Shop&)> spoil;
  int code;
  const char* says;
};

void write(const std::string& file, const std::string& text, mode_t mode = 0600) {
  std::ofstream(file) << text;
  chmod(file.c_str(), mode);
}

void set_prompt(GstElement* source, std::size_t characters) {
  std::string prompt;
  for (std::size_t i = 0; i < characters; ++i) prompt += "\xc3\xa4";
  g_object_set(source, "prompt", prompt.c_str(), nullptr);
}

void set_extra(GstElement* source, const std::string& text) {
  const GlibPtr<GstStructure, gst_structure_free> structure(
      gst_structure_from_string(text.c_str(), nullptr));
  ASSERT_TRUE(structure);
  g_object_set(source, "extra-params", structure.get(), nullptr);
}

const Case kCases[] = {
    {"no_prompt",
     [](GstElement* source, Shop&) { g_object_set(source, "prompt", nullptr, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "prompt"},
    {"empty_prompt", [](GstElement* source, Shop&) { g_object_set(source, "prompt", "", nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "prompt"},
    {"long_prompt", [](GstElement* source, Shop&) { set_prompt(source, 2501); },
     GST_RESOURCE_ERROR_SETTINGS, "2501"},
    {"broken_prompt",
     [](GstElement* source, Shop&) { g_object_set(source, "prompt", "a\xff", nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "UTF-8"},
    {"seven_seconds",
     [](GstElement* source, Shop&) { g_object_set(source, "duration", 7, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "duration=5"},
    {"seventy_seconds",
     [](GstElement* source, Shop&) { g_object_set(source, "duration", 70, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "duration=5"},
    {"negative_duration",
     [](GstElement* source, Shop&) { g_object_set(source, "duration", G_MININT, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "duration=5"},
    {"take_zero", [](GstElement* source, Shop&) { g_object_set(source, "take", 0U, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "take=1"},
    {"cfg_scale_seven",
     [](GstElement* source, Shop&) { g_object_set(source, "cfg-scale", 7.0, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "cfg-scale"},
    {"cfg_scale_below_zero",
     [](GstElement* source, Shop&) { g_object_set(source, "cfg-scale", -0.5, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "cfg-scale"},
    {"cfg_scale_not_a_number",
     [](GstElement* source, Shop&) {
       g_object_set(source, "cfg-scale", std::numeric_limits<double>::quiet_NaN(), nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "cfg-scale"},
    {"cfg_scale_infinite",
     [](GstElement* source, Shop&) {
       g_object_set(source, "cfg-scale", std::numeric_limits<double>::infinity(), nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "cfg-scale"},
    {"aspect_ratio_of_another_number",
     [](GstElement* source, Shop&) { g_object_set(source, "aspect-ratio", 42, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "aspect-ratio"},
    {"no_request_timeout",
     [](GstElement* source, Shop&) { g_object_set(source, "request-timeout", 0U, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "request-timeout"},
    {"request_timeout_of_days",
     [](GstElement* source, Shop&) { g_object_set(source, "request-timeout", 3601U, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "request-timeout"},
    {"negative_daily_seconds",
     [](GstElement* source, Shop&) {
       gst_util_set_object_arg(G_OBJECT(source), "max-daily-seconds", "-1");
     },
     GST_RESOURCE_ERROR_SETTINGS, "max-daily-seconds"},
    {"no_clip_size",
     [](GstElement* source, Shop&) { g_object_set(source, "max-clip-size", guint64{0}, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "max-clip-size"},
    {"prompt_of_white_space",
     [](GstElement* source, Shop&) {
       g_object_set(source, "prompt", " \t\n\x0b\xc2\x85\xc2\xa0\xe2\x80\xa8\xe3\x80\x80", nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "white space"},
    {"long_negative_prompt",
     [](GstElement* source, Shop&) {
       g_object_set(source, "negative-prompt", std::string(2501, 'n').c_str(), nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "negative-prompt"},
    {"prompt_of_white_space_in_extra_params",
     [](GstElement* source, Shop&) { set_extra(source, "p,prompt=(string)\"\\ \""); },
     GST_RESOURCE_ERROR_SETTINGS, "white space"},
    {"long_prompt_in_extra_params",
     [](GstElement* source, Shop&) { set_extra(source, "p,prompt=" + std::string(2501, 'p')); },
     GST_RESOURCE_ERROR_SETTINGS, "2501"},
    {"long_negative_prompt_in_extra_params",
     [](GstElement* source, Shop&) {
       set_extra(source, "p,negative_prompt=" + std::string(2501, 'p'));
     },
     GST_RESOURCE_ERROR_SETTINGS, "negative-prompt"},
    {"number_as_prompt_in_extra_params",
     [](GstElement* source, Shop&) { set_extra(source, "p,prompt=5"); },
     GST_RESOURCE_ERROR_SETTINGS, "must be a text"},
    {"duration_of_days_in_extra_params",
     [](GstElement* source, Shop&) { set_extra(source, "p,duration=86400"); },
     GST_RESOURCE_ERROR_SETTINGS, "1 to 3600"},
    {"words_as_duration_in_extra_params",
     [](GstElement* source, Shop&) { set_extra(source, "p,duration=(string)5seconds"); },
     GST_RESOURCE_ERROR_SETTINGS, "1 to 3600"},
    {"huge_extra_params",
     [](GstElement* source, Shop&) { set_extra(source, "p,more=" + std::string(70000, 'm')); },
     GST_RESOURCE_ERROR_SETTINGS, "65536"},
    {"no_key", [](GstElement* source, Shop&) { g_object_set(source, "api-key", nullptr, nullptr); },
     GST_RESOURCE_ERROR_NOT_AUTHORIZED, "AIMLAPI_API_KEY"},
    {"key_of_two_lines",
     [](GstElement* source, Shop&) { g_object_set(source, "api-key", "a\r\nX: b", nullptr); },
     GST_RESOURCE_ERROR_NOT_AUTHORIZED, "key"},
    {"http_to_elsewhere",
     [](GstElement* source, Shop&) {
       g_object_set(source, "base-url", "http://192.0.2.1/v2", nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "https"},
    {"url_without_host",
     [](GstElement* source, Shop&) { g_object_set(source, "base-url", "https:///v2", nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "base-url"},
    {"url_of_another_scheme",
     [](GstElement* source, Shop&) { g_object_set(source, "base-url", "ftp://a/v2", nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "base-url"},
    {"missing_key_file",
     [](GstElement* source, Shop& shop) {
       g_object_set(source, "api-key", nullptr, "api-key-file", shop.dir.file("none").c_str(),
                    nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "api-key-file"},
    {"folder_as_key_file",
     [](GstElement* source, Shop& shop) {
       g_object_set(source, "api-key", nullptr, "api-key-file", shop.dir.string().c_str(), nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "regular"},
    {"pipe_as_key_file",
     [](GstElement* source, Shop& shop) {
       mkfifo(shop.dir.file("pipe").c_str(), 0600);
       g_object_set(source, "api-key", nullptr, "api-key-file", shop.dir.file("pipe").c_str(),
                    nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "regular"},
    {"empty_key_file",
     [](GstElement* source, Shop& shop) {
       write(shop.dir.file("key"), " \n");
       g_object_set(source, "api-key", nullptr, "api-key-file", shop.dir.file("key").c_str(),
                    nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "empty"},
    {"large_key_file",
     [](GstElement* source, Shop& shop) {
       write(shop.dir.file("key"), std::string(4097, 'k'));
       g_object_set(source, "api-key", nullptr, "api-key-file", shop.dir.file("key").c_str(),
                    nullptr);
     },
     GST_RESOURCE_ERROR_SETTINGS, "large"},
    {"file_as_store", [](GstElement*, Shop& shop) { write(shop.store(), "not a folder"); },
     GST_RESOURCE_ERROR_OPEN_WRITE, "store-dir"},
    {"store_of_everybody",
     [](GstElement*, Shop& shop) {
       std::filesystem::create_directory(shop.store());
       chmod(shop.store().c_str(), 0777);
     },
     GST_RESOURCE_ERROR_OPEN_WRITE, "chmod"},
    {"store_behind_a_link",
     [](GstElement*, Shop& shop) {
       std::filesystem::create_directory(shop.dir.file("real"));
       std::filesystem::create_symlink(shop.dir.file("real"), shop.store());
     },
     GST_RESOURCE_ERROR_OPEN_WRITE, "link"},
    {"store_below_nothing",
     [](GstElement* source, Shop&) {
       g_object_set(source, "store-dir", "/dev/null/store", nullptr);
     },
     GST_RESOURCE_ERROR_OPEN_WRITE, "store-dir"},
    {"spend_cap",
     [](GstElement* source, Shop&) { g_object_set(source, "max-daily-seconds", 4U, nullptr); },
     GST_RESOURCE_ERROR_SETTINGS, "max-daily-seconds"},
};

class RefusedSettings : public testing::TestWithParam<Case> {};

// A value that GLib replaces is no error to anybody: it warns, and the element never sees it.
class NoGlibWarnings {
 public:
  NoGlibWarnings()
      : before_(g_log_set_always_fatal(static_cast<GLogLevelFlags>(
            G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))) {}
  ~NoGlibWarnings() { g_log_set_always_fatal(before_); }
  NoGlibWarnings(const NoGlibWarnings&) = delete;
  NoGlibWarnings& operator=(const NoGlibWarnings&) = delete;

 private:
  GLogLevelFlags before_;
};

void expect_refused(const Case& tried, const std::string& behind_the_source) {
  Shop shop;
  Pipeline pipeline(shop.source() + behind_the_source);
  const NoGlibWarnings fatal;
  tried.spoil(pipeline.named("source").get(), shop);
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(pipeline.wait_for_end());
  pipeline.set_state(GST_STATE_READY);
  const Messages errors = of_type(pipeline.messages(), GST_MESSAGE_ERROR);
  ASSERT_FALSE(errors.empty());
  EXPECT_TRUE(errors.front().is_ours());
  const Failure failure = failure_of(errors.front());
  EXPECT_EQ(failure.domain, GST_RESOURCE_ERROR);
  EXPECT_EQ(failure.code, tried.code) << failure.sentence;
  EXPECT_NE(failure.sentence.find(tried.says), std::string::npos) << failure.sentence;
  EXPECT_EQ(failure.sentence.back(), '.');
  EXPECT_EQ(shop.service.connections(), 0U);
  EXPECT_EQ(shop.service.submissions(), 0U);
}

TEST_P(RefusedSettings, ReachNobodyWhenPushed) {
  expect_refused(GetParam(), " ! fakesink");
}

TEST_P(RefusedSettings, ReachNobodyWhenPulled) {
  expect_refused(GetParam(), " ! decodebin3");
}

INSTANTIATE_TEST_SUITE_P(Settings, RefusedSettings, testing::ValuesIn(kCases),
                         [](const auto& tested) { return tested.param.name; });

class RefusedEnvironment : public testing::TestWithParam<const char*> {};

TEST_P(RefusedEnvironment, IsNeitherACapNorNone) {
  const ScopedEnvironment cap("KLINGTEXT_MAX_DAILY_SECONDS", GetParam());
  const Case tried{"", [](GstElement*, Shop&) {}, GST_RESOURCE_ERROR_SETTINGS,
                   "which is not a whole number"};
  expect_refused(tried, " ! fakesink");
  Shop shop;
  Pipeline pipeline(shop.source() + " max-daily-seconds=5 ! fakesink");
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_EQ(shop.service.submissions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Values, RefusedEnvironment,
                         testing::Values("lots", "-1", "5.5", "60s", "4294967296", "0x10"));

TEST(AcceptedSettings, APromptOf2500CharactersIsTaken) {
  Shop shop;
  Pipeline pipeline(shop.source() + " ! fakesink");
  set_prompt(pipeline.named("source").get(), 2500);
  EXPECT_TRUE(pipeline.play());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(AcceptedSettings, AnotherModelTakesAnyDuration) {
  Shop shop;
  Pipeline pipeline(shop.source() + " model=some/other duration=7 ! fakesink");
  EXPECT_TRUE(pipeline.play());
  EXPECT_EQ(shop.service.submission_list().front().body,
            R"({"duration":7,"generate_audio":true,"model":"some/other","prompt":"raccoon"})");
}

TEST(AcceptedSettings, AKeyFromAFileIsTrimmedAndAnOpenFileIsWarnedOf) {
  Shop shop({.api_key = "key-of-file"});
  write(shop.dir.file("key"), " key-of-file \r\n", 0644);
  Pipeline pipeline(shop.source() + " api-key-file=" + shop.dir.file("key") + " ! fakesink");
  g_object_set(pipeline.named("source").get(), "api-key", nullptr, nullptr);
  EXPECT_TRUE(pipeline.play());
  const Messages warnings = of_type(pipeline.messages(), GST_MESSAGE_WARNING);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(sentence_of(warnings.front()).find("chmod 600"), std::string::npos);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(AcceptedSettings, TheEnvironmentsKeysAreTakenInTheirOrder) {
  const ScopedEnvironment third("AIMLAPI_KEY", "third");
  const ScopedEnvironment second("AIML_API_KEY", " second ");
  for (const char* first : {"", "first"}) {
    const ScopedEnvironment environment("AIMLAPI_API_KEY", first);
    Shop shop({.api_key = *first == '\0' ? "second" : first});
    Pipeline pipeline(shop.source() + " ! fakesink");
    g_object_set(pipeline.named("source").get(), "api-key", nullptr, nullptr);
    EXPECT_TRUE(pipeline.play());
    EXPECT_EQ(shop.service.submissions(), 1U);
  }
}

}  // namespace
}  // namespace klingtext::test
