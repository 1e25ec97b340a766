// SPDX-License-Identifier: LGPL-2.1-or-later
// Element messages, tags, `status` and `stats`: what programs read.
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline.h"
#include "shop.h"
#include "support/fake_mp4.h"

namespace klingtext::test {
namespace {

using TagsPtr = GlibPtr<GstTagList, gst_tag_list_unref>;
using StructurePtr = GlibPtr<GstStructure, gst_structure_free>;

std::vector<std::string> statuses_in(const Messages& messages) {
  std::vector<std::string> statuses;
  for (const Message& message : generations_in(messages)) {
    statuses.push_back(string_field(gst_message_get_structure(message.get()), "status"));
  }
  return statuses;
}

TEST(GenerationMessages, ComeOncePerStatusWithTheDocumentedFields) {
  Shop shop({.statuses = unhurried_statuses()});
  Pipeline pipeline(shop.source() + " ! fakesink");
  ASSERT_TRUE(pipeline.play());
  const Messages all = generations_in(pipeline.messages());
  const auto statuses = statuses_in(all);
  EXPECT_EQ(std::vector<std::string>(statuses.end() - 3, statuses.end()),
            (std::vector<std::string>{"queued", "generating", "completed"}));
  EXPECT_EQ(std::adjacent_find(statuses.begin(), statuses.end()), statuses.end());

  const std::string id = shop.service.generation_ids().front();
  guint64 before = 0;
  for (const Message& message : all) {
    const GstStructure* fields = gst_message_get_structure(message.get());
    guint64 elapsed = 0;
    ASSERT_TRUE(gst_structure_get_uint64(fields, "elapsed", &elapsed));
    EXPECT_GE(elapsed, before);
    before = elapsed;
    EXPECT_EQ(string_field(fields, "request-key").size(), 64U);
    if (string_field(fields, "status") != "submitting") {
      EXPECT_EQ(string_field(fields, "generation-id"), id);
    }
  }
  const GstStructure* last = gst_message_get_structure(all.back().get());
  const std::string key = string_field(last, "request-key");
  EXPECT_EQ(string_field(last, "clip"), shop.store() + "/" + key + ".mp4");
  double credits = 0;
  EXPECT_TRUE(gst_structure_get_double(last, "credits-used", &credits));
  EXPECT_EQ(credits, 1400000);
  gboolean reused = TRUE;
  EXPECT_TRUE(gst_structure_get_boolean(last, "reused", &reused));
  EXPECT_FALSE(reused);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(GenerationMessages, SayThatAFinishedGenerationWasTaken) {
  Shop shop;
  for (const gboolean expected : {gboolean{FALSE}, gboolean{TRUE}}) {
    Pipeline pipeline(shop.source() + " ! fakesink");
    ASSERT_TRUE(pipeline.play());
    gboolean reused = !expected;
    gst_structure_get_boolean(
        gst_message_get_structure(generations_in(pipeline.messages()).back().get()), "reused",
        &reused);
    EXPECT_EQ(reused, expected);
  }
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(GenerationMessages, EndInFailed) {
  Shop shop({.statuses = {"generating", "error"}});
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_FALSE(pipeline.play());
  ASSERT_FALSE(statuses_in(pipeline.messages()).empty());
  EXPECT_EQ(statuses_in(pipeline.messages()).back(), "failed");
}

void release_event(GstEvent* event) {
  gst_event_unref(event);
}

std::string tag_text(const GstTagList* tags, const char* tag) {
  char* value = nullptr;
  gst_tag_list_get_string(tags, tag, &value);
  const GCharPtr owned(value);
  return value == nullptr ? "" : value;
}

void expect_title(const GstTagList* tags) {
  EXPECT_EQ(tag_text(tags, GST_TAG_TITLE), "raccoon");
  EXPECT_EQ(tag_text(tags, GST_TAG_DESCRIPTION), "raccoon");
}

void expect_tags(const GstTagList* tags, const std::string& id) {
  expect_title(tags);
  EXPECT_EQ(tag_text(tags, GST_TAG_ENCODER), "klingai/video-v2-6-pro-text-to-video");
  EXPECT_NE(tag_text(tags, GST_TAG_EXTENDED_COMMENT).find(id), std::string::npos);
}

TagsPtr tags_of(const Message& message) {
  GstTagList* tags = nullptr;
  gst_message_parse_tag(message.get(), &tags);
  return TagsPtr(tags);
}

TEST(Tags, AreAMessageWhenPulled) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! decodebin");
  pipeline.set_state(GST_STATE_PAUSED);
  const auto tagged = [](std::size_t times) {
    return [times](const Messages& m) { return ours(of_type(m, GST_MESSAGE_TAG)).size() == times; };
  };
  ASSERT_TRUE(pipeline.wait_for(tagged(1)));
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  // The title is there while the generation is waited for.
  const TagsPtr first = tags_of(ours(of_type(pipeline.messages(), GST_MESSAGE_TAG)).front());
  EXPECT_EQ(gst_tag_list_n_tags(first.get()), 2);
  expect_title(first.get());
  shop.service.release();
  ASSERT_TRUE(pipeline.wait_for(tagged(2)));
  const TagsPtr second = tags_of(ours(of_type(pipeline.messages(), GST_MESSAGE_TAG)).back());
  expect_tags(second.get(), shop.service.generation_ids().front());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(Tags, BeginWithTheTitleWhenPushed) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! fakesink name=sink");
  pipeline.set_state(GST_STATE_PAUSED);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  const PadPtr pad(gst_element_get_static_pad(pipeline.named("sink").get(), "sink"));
  const GlibPtr<GstEvent, release_event> event(
      gst_pad_get_sticky_event(pad.get(), GST_EVENT_TAG, 0));
  ASSERT_TRUE(event);
  GstTagList* tags = nullptr;
  gst_event_parse_tag(event.get(), &tags);
  expect_title(tags);
  shop.service.release();
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
}

TEST(Tags, AreAnEventWhenPushed) {
  Shop shop;
  Pipeline pipeline(shop.source() + " ! fakesink name=sink");
  ASSERT_TRUE(pipeline.play());
  const PadPtr pad(gst_element_get_static_pad(pipeline.named("sink").get(), "sink"));
  GstEvent* event = gst_pad_get_sticky_event(pad.get(), GST_EVENT_TAG, 0);
  ASSERT_NE(event, nullptr);
  GstTagList* tags = nullptr;
  gst_event_parse_tag(event, &tags);
  expect_tags(tags, shop.service.generation_ids().front());
  gst_event_unref(event);
}

TEST(Stats, TellWhatARunDid) {
  Shop shop({.statuses = {"queued", "generating", "completed"}});
  const std::string clip = fake_mp4({.size = 5000});
  shop.service.set_clip(clip);
  Pipeline pipeline(shop.source() + " ! fakesink");
  const ElementPtr source = pipeline.named("source");
  ASSERT_TRUE(pipeline.play());
  GstStructure* raw = nullptr;
  gint status = -1;
  char* id = nullptr;
  g_object_get(source.get(), "stats", &raw, "status", &status, "generation-id", &id, nullptr);
  const StructurePtr stats(raw);
  const GCharPtr owned_id(id);
  EXPECT_EQ(status, 4);    // completed
  EXPECT_EQ(id, nullptr);  // reads back what was written
  for (const GstState state : {GST_STATE_READY, GST_STATE_NULL}) {
    unsigned notified = 0;
    const gulong handler = g_signal_connect(source.get(), "notify::status",
                                            G_CALLBACK(+[](GObject*, GParamSpec*, gpointer count) {
                                              ++*static_cast<unsigned*>(count);
                                            }),
                                            &notified);
    pipeline.set_state(state);
    g_object_get(source.get(), "status", &status, nullptr);
    EXPECT_EQ(status, 0);  // idle
    EXPECT_EQ(notified, state == GST_STATE_READY ? 1U : 0U);
    g_signal_handler_disconnect(source.get(), handler);
  }
  EXPECT_TRUE(gst_structure_has_name(raw, "application/x-klingtext-stats"));
  EXPECT_EQ(string_field(raw, "generation-id"), shop.service.generation_ids().front());
  EXPECT_EQ(string_field(raw, "clip"),
            shop.store() + "/" + string_field(raw, "request-key") + ".mp4");
  guint count = 0;
  EXPECT_TRUE(gst_structure_get_uint(raw, "submissions", &count));
  EXPECT_EQ(count, 1U);
  EXPECT_TRUE(gst_structure_get_uint(raw, "polls", &count));
  EXPECT_EQ(count, shop.service.polls());
  guint64 bytes = 0;
  EXPECT_TRUE(gst_structure_get_uint64(raw, "bytes", &bytes));
  EXPECT_EQ(bytes, clip.size());
  for (const char* name : {"queued-time", "generating-time", "download-time"}) {
    EXPECT_TRUE(gst_structure_has_field_typed(raw, name, G_TYPE_UINT64)) << name;
  }
}

TEST(Stats, OfAnIdleSourceAreEmpty) {
  const ElementPtr source = make_element("klingtextsrc");
  GstStructure* raw = nullptr;
  gint status = -1;
  g_object_get(source.get(), "stats", &raw, "status", &status, nullptr);
  const StructurePtr stats(raw);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(string_field(raw, "generation-id"), "");
}

}  // namespace
}  // namespace klingtext::test
