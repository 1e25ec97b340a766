// SPDX-License-Identifier: LGPL-2.1-or-later
// The API key and the signature of the clip's URL are nowhere to be seen, however closely one
// looks: logs at the highest level, dot dumps, messages, queries, properties, the store.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstring>

#include "pipeline.h"
#include "shop.h"
#include "support/environment.h"

namespace klingtext::test {
namespace {

constexpr const char* kKey = "Zq7-marked-key-Zq7";
constexpr const char* kSignature = "scripted-secret";

enum class From { property, file, environment };

class Secrets : public testing::TestWithParam<From> {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    log_ = fopen(shop_.dir.file("log").c_str(), "w");
    // In parentheses: what the names stand for as macros is not ISO C++.
    (gst_debug_remove_log_function)(nullptr);
    (gst_debug_add_log_function)(write_log, log_, nullptr);
    gst_debug_set_threshold_from_string("*:9", TRUE);
  }
  void TearDown() override {
    gst_debug_set_threshold_from_string("*:0", TRUE);
    gst_debug_remove_log_function_by_data(log_);
    fclose(log_);
  }
  static void write_log(GstDebugCategory* category, GstDebugLevel level, const gchar* file,
                        const gchar* function, gint line, GObject* object, GstDebugMessage* message,
                        gpointer data) {
    const GCharPtr text(
        gst_debug_log_get_line(category, level, file, function, line, object, message));
    fputs(text.get(), static_cast<FILE*>(data));
  }
  void give_key(GstElement* source) {
    g_object_set(source, "api-key", GetParam() == From::property ? kKey : nullptr, nullptr);
    if (GetParam() != From::file) return;
    std::ofstream(shop_.dir.file("key")) << kKey << "\n";
    chmod(shop_.dir.file("key").c_str(), 0600);
    g_object_set(source, "api-key-file", shop_.dir.file("key").c_str(), nullptr);
  }
  // All that anybody can read of the element.
  static std::string properties_of(GstElement* source) {
    std::string text;
    guint count = 0;
    const GlibPtr<GParamSpec*, g_free> all(
        g_object_class_list_properties(G_OBJECT_GET_CLASS(source), &count));
    for (guint i = 0; i < count; ++i) {
      GParamSpec* spec = all.get()[i];
      if ((spec->flags & G_PARAM_READABLE) == 0) continue;
      GValue value = G_VALUE_INIT;
      g_object_get_property(G_OBJECT(source), spec->name, &value);
      const GCharPtr printed(g_strdup_value_contents(&value));
      const bool is_null = G_VALUE_HOLDS_BOXED(&value) && g_value_get_boxed(&value) == nullptr;
      const GCharPtr serialised(is_null ? nullptr : gst_value_serialize(&value));
      text += std::string(spec->name) + '=' + printed.get() + ' ' +
              (serialised == nullptr ? "" : serialised.get()) + '\n';
      g_value_unset(&value);
    }
    const GCharPtr uri(gst_uri_handler_get_uri(GST_URI_HANDLER(source)));
    return text + uri.get();
  }
  static std::string dump_of(const Pipeline& pipeline) {
    const GCharPtr dot(
        gst_debug_bin_to_dot_data(GST_BIN(pipeline.get()), GST_DEBUG_GRAPH_SHOW_ALL));
    return dot.get();
  }
  static std::string texts_of(const Pipeline& pipeline) {
    std::string text;
    for (const Message& message : pipeline.messages()) text += message.text() + '\n';
    return text;
  }
  std::string store_text() const {
    std::string text;
    for (const auto& item : std::filesystem::recursive_directory_iterator(shop_.store())) {
      if (!item.is_regular_file()) continue;
      text += item.path().string() + '\n' + bytes_of(item.path());
    }
    return text;
  }
  static void expect_clean(const std::string& text, const std::string& where) {
    EXPECT_FALSE(text.empty()) << where;
    for (const char* secret : {kKey, kSignature}) {
      const auto at = text.find(secret);
      EXPECT_EQ(at, std::string::npos)
          << where << ": " << text.substr(at < 200 ? 0 : at - 200, 300);
    }
  }
  void expect_clean_everywhere(const Pipeline& pipeline) {
    fflush(log_);
    expect_clean(bytes_of(shop_.dir.file("log")), "the log");
    expect_clean(properties_of(pipeline.named("source").get()), "the properties");
    expect_clean(dump_of(pipeline), "the dot dump");
    expect_clean(texts_of(pipeline), "the messages");
    expect_clean(store_text(), "the store");
  }

  Shop shop_{{.api_key = kKey}};
  FILE* log_ = nullptr;
};

std::optional<std::string> environment_of(From from) {
  return from == From::environment ? std::optional<std::string>(kKey) : std::nullopt;
}

TEST_P(Secrets, StaySecretWhenAllGoesWell) {
  const ScopedEnvironment environment("AIMLAPI_API_KEY", environment_of(GetParam()));
  shop_.service.on_clip({Answer::normal().cut_after(1000)});  // asks for the rest, too
  Pipeline pipeline(shop_.source() + " ! fakesink");
  give_key(pipeline.named("source").get());
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  expect_clean_everywhere(pipeline);
  EXPECT_EQ(shop_.service.submission_list().front().header("Authorization"),
            std::string("Bearer ") + kKey);
  // The tests of the test: the link was signed, and the storage was not given the key.
  const auto clip = shop_.service.clip_request_list().front();
  EXPECT_NE(clip.target.find(kSignature), std::string::npos);
  EXPECT_FALSE(clip.header("Authorization"));
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

TEST_P(Secrets, StaySecretWhenTheDownloadFails) {
  const ScopedEnvironment environment("AIMLAPI_API_KEY", environment_of(GetParam()));
  Pipeline pipeline(shop_.source() + " ! fakesink");
  give_key(pipeline.named("source").get());
  shop_.service.always_on_clip(Answer::body("<html>$CLIP</html>", "text/html"));
  EXPECT_FALSE(pipeline.play());
  expect_clean_everywhere(pipeline);
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

TEST_P(Secrets, StaySecretWhenTheServiceRepeatsTheKey) {
  const ScopedEnvironment environment("AIMLAPI_API_KEY", environment_of(GetParam()));
  for (const char* spelling : {"Zq7-marked-key-Zq7", "Zq7\\u002dmarked\\u002dkey-Zq7"}) {
    const std::string words = std::string("Bad key ") + spelling;
    shop_.service.always_on_submit(
        Answer::json(R"({"error":{"name":"Unauthorized","message":")" + words + R"("}})", 401));
    Pipeline refused(shop_.source("refused") + " ! fakesink");
    give_key(refused.named("source").get());
    EXPECT_FALSE(refused.play());
    expect_clean_everywhere(refused);

    shop_.service.always_on_submit(std::nullopt);
    shop_.service.on_poll({Answer::json(R"({"id":"x","status":")" + words + R"("})")});
    shop_.service.always_on_poll(Answer::json(
        R"({"id":"x","status":"error","error":{"name":"Bad","message":")" + words + R"("}})"));
    Pipeline failed(shop_.source("failed " + std::to_string(strlen(spelling))) + " ! fakesink");
    give_key(failed.named("source").get());
    EXPECT_FALSE(failed.play());
    shop_.service.always_on_poll(std::nullopt);
    expect_clean_everywhere(failed);
  }
}

std::string name_of(From from) {
  if (from == From::property) return "property";
  return from == From::file ? "file" : "environment";
}

INSTANTIATE_TEST_SUITE_P(Ways, Secrets,
                         testing::Values(From::property, From::file, From::environment),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace klingtext::test
