// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings that cannot work are refused with a sentence before anything is asked of the service.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>

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

void expect_refused(const Case& tried, const std::string& behind_the_source) {
  Shop shop;
  Pipeline pipeline(shop.source() + behind_the_source);
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
