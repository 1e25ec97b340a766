// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/request.h"

#include <gtest/gtest.h>

#include <limits>

namespace klingtext {
namespace {

Request raccoon() {
  Request request;
  request.prompt = "A cheerful white raccoon";
  return request;
}

// Refused with a sentence that holds this text.
void expect_refused(const Request& request, const std::string& text) {
  const Outcome outcome = validate(request);
  ASSERT_TRUE(outcome.failed()) << "not refused: " << text;
  EXPECT_EQ(outcome.error().kind, ErrorKind::settings);
  EXPECT_NE(outcome.error().message.find(text), std::string::npos) << outcome.error().message;
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(RequestValidation, TakesThePlainRequest) {
  EXPECT_TRUE(validate(raccoon()).ok());
}

TEST(RequestValidation, WantsAPrompt) {
  expect_refused(Request{}, "Set prompt=");
}

TEST(RequestValidation, CountsThePromptInCharactersNotBytes) {
  Request request = raccoon();
  request.prompt = repeated("🦝", 2500);
  EXPECT_TRUE(validate(request).ok());
  request.prompt += "!";
  expect_refused(request, "2501 characters");
}

TEST(RequestValidation, RefusesBrokenUtf8Anywhere) {
  Request request = raccoon();
  request.prompt = "caf\xe9";
  expect_refused(request, "UTF-8");
  request = raccoon();
  request.negative_prompt = "\xff";
  expect_refused(request, "UTF-8");
  request = raccoon();
  request.model = "klingai/\xff";
  EXPECT_TRUE(validate(request).failed());
}

TEST(RequestValidation, WantsAModel) {
  Request request = raccoon();
  request.model.clear();
  expect_refused(request, "model");
}

TEST(RequestValidation, HoldsTheDefaultModelToFiveAndTenSeconds) {
  Request request = raccoon();
  for (const int duration : {5, 10}) {
    request.duration = duration;
    EXPECT_TRUE(validate(request).ok());
  }
  for (const int duration : {1, 4, 6, 7, 15, 60, 0, -5}) {
    request.duration = duration;
    expect_refused(request, "duration=5 or duration=10");
  }
}

TEST(RequestValidation, LeavesOtherModelsTheirDurations) {
  Request request = raccoon();
  request.model = "klingai/another";
  for (const int duration : {1, 7, 60}) {
    request.duration = duration;
    EXPECT_TRUE(validate(request).ok());
  }
  for (const int duration : {0, 61, -1}) {
    request.duration = duration;
    expect_refused(request, "1 to 60 seconds");
  }
}

TEST(RequestValidation, TakesADurationThatAnExtraMemberReplaces) {
  Request request = raccoon();
  request.duration = 7;
  request.extra["duration"] = "\"5\"";
  EXPECT_TRUE(validate(request).ok());
}

TEST(RequestValidation, RefusesAnExtraDurationThatTheCapCannotCount) {
  Request request = raccoon();
  for (const char* useless :
       {"\"long\"", "\"5 s\"", "\"\"", "null", "[5]", "0", "-3", "3601", "true"}) {
    request.extra["duration"] = useless;
    expect_refused(request, "1 to 3600 seconds");
  }
}

TEST(RequestValidation, RefusesWhiteSpaceAsPrompt) {
  Request request = raccoon();
  for (const char* blank :
       {" ", "\t\n\v\f\r", "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x8a", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"}) {
    request.prompt = blank;
    expect_refused(request, "white space");
  }
  request.prompt = " \xe3\x80\x80.";
  EXPECT_TRUE(validate(request).ok());
}

TEST(RequestValidation, ChecksTextsThatExtraMembersReplace) {
  Request request = raccoon();
  request.extra["prompt"] = "\" \"";
  expect_refused(request, "white space");
  request.extra["prompt"] = "null";
  expect_refused(request, "must be a text");
  request.extra["prompt"] = '"' + std::string(2501, 'a') + '"';
  expect_refused(request, "2501 characters");
  request.extra["prompt"] = "\"A raccoon\"";
  request.prompt.clear();
  EXPECT_TRUE(validate(request).ok());
  request.extra["negative_prompt"] = '"' + std::string(2501, 'a') + '"';
  expect_refused(request, "2501 characters");
}

TEST(RequestValidation, RefusesALongNegativePrompt) {
  Request request = raccoon();
  request.negative_prompt = std::string(2500, 'a');
  EXPECT_TRUE(validate(request).ok());
  request.negative_prompt = std::string(2501, 'a');
  expect_refused(request, "negative-prompt has 2501");
}

TEST(RequestValidation, RefusesWhatTheJournalCannotReturn) {
  Request request = raccoon();
  for (const char* odd : {"18446744073709551615", "1e+05"}) {
    request.extra["more"] = odd;
    expect_refused(request, "journal");
  }
  request.extra["more"] = "[" + std::string(5000, '[') + std::string(5000, ']') + "]";
  expect_refused(request, "journal");
  request.extra["more"] = '"' + std::string(kMaxBody, 'a') + '"';
  expect_refused(request, "65536");
}

TEST(RequestValidation, TakesNumbersThatJsonGlibWritesAtLength) {
  Request request = raccoon();
  for (const double scale : {0.1, 0.3, 1.0 / 3, 5e-324, 1e-7}) {
    request.cfg_scale = scale;
    EXPECT_TRUE(validate(request).ok()) << scale;
  }
}

TEST(RequestValidation, KnowsTheAspectRatios) {
  Request request = raccoon();
  for (const char* ratio : {"16:9", "9:16", "1:1"}) {
    request.aspect_ratio = ratio;
    EXPECT_TRUE(validate(request).ok());
  }
  for (const char* ratio : {"4:3", "", "16:9 "}) {
    request.aspect_ratio = ratio;
    expect_refused(request, "16:9, 9:16 or 1:1");
  }
}

TEST(RequestValidation, WantsCfgScaleFromZeroToOne) {
  Request request = raccoon();
  for (const double scale : {0.0, 0.5, 1.0}) {
    request.cfg_scale = scale;
    EXPECT_TRUE(validate(request).ok());
  }
  for (const double scale : {-0.01, 1.01, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity()}) {
    request.cfg_scale = scale;
    expect_refused(request, "cfg-scale");
  }
}

TEST(RequestValidation, CountsTakesFromOne) {
  Request request = raccoon();
  request.take = 0;
  expect_refused(request, "take=1");
}

TEST(RequestBody, IsTheDocumentedSchemaSorted) {
  Request request = raccoon();
  EXPECT_EQ(
      request_body(request),
      R"({"duration":5,"generate_audio":true,)"
      R"("model":"klingai/video-v2-6-pro-text-to-video","prompt":"A cheerful white raccoon"})");
  request.negative_prompt = "blur";
  request.aspect_ratio = "9:16";
  request.duration = 10;
  request.cfg_scale = 0.5;
  request.generate_audio = false;
  EXPECT_EQ(request_body(request),
            R"({"aspect_ratio":"9:16","cfg_scale":0.5,"duration":10,"generate_audio":false,)"
            R"("model":"klingai/video-v2-6-pro-text-to-video","negative_prompt":"blur",)"
            R"("prompt":"A cheerful white raccoon"})");
}

TEST(RequestBody, NeverSendsTheTake) {
  Request request = raccoon();
  const std::string first = request_body(request);
  request.take = 2;
  EXPECT_EQ(request_body(request), first);
}

TEST(RequestBody, AddsExtraMembersAndLetsThemReplace) {
  Request request = raccoon();
  request.extra = {
      {"duration", "\"5\""}, {"image_url", "\"https://a.example/x\""}, {"zoom", "[1,2]"}};
  EXPECT_EQ(request_body(request),
            R"({"duration":"5","generate_audio":true,"image_url":"https://a.example/x",)"
            R"("model":"klingai/video-v2-6-pro-text-to-video",)"
            R"("prompt":"A cheerful white raccoon","zoom":[1,2]})");
}

TEST(SecondsOfVideo, FollowsTheDurationThatIsSent) {
  Request request = raccoon();
  request.duration = 10;
  EXPECT_EQ(seconds_of_video(request), 10U);
  request.extra["duration"] = "15";
  EXPECT_EQ(seconds_of_video(request), 15U);
  request.extra["duration"] = "\"7.5\"";
  EXPECT_EQ(seconds_of_video(request), 8U);
}

}  // namespace
}  // namespace klingtext
