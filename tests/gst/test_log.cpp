// SPDX-License-Identifier: LGPL-2.1-or-later
// What developers see: log lines with their element and source line, errors with theirs, named
// threads.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <set>

#include "base/guarded.h"
#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

struct Line {
  std::string element;
  std::string file;
  std::string function;
  int number = 0;
};

// The element's own category, as an application's log function gets it.
class Lines {
 public:
  Lines() {
    gst_init(nullptr, nullptr);
    (void)make_element("klingtextsrc");
    gst_debug_set_threshold_for_name("klingtextsrc", GST_LEVEL_LOG);
    (gst_debug_add_log_function)(keep, this, nullptr);
  }
  ~Lines() {
    (gst_debug_remove_log_function)(keep);
    gst_debug_unset_threshold_for_name("klingtextsrc");
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  std::vector<Line> all() { return *lines_.lock(); }

 private:
  static void keep(GstDebugCategory* category, GstDebugLevel, const gchar* file,
                   const gchar* function, gint line, GObject* object, GstDebugMessage*,
                   gpointer data) {
    if (std::string("klingtextsrc") != gst_debug_category_get_name(category)) return;
    const std::string element = object == nullptr ? "" : GST_OBJECT_NAME(object);
    static_cast<Lines*>(data)->lines_.lock()->push_back({element, file, function, line});
  }

  Guarded<std::vector<Line>> lines_;
};

TEST(LogLines, HaveTheirElementAndTheirPlaceInTheSource) {
  Shop shop;
  Lines lines;
  Pipeline pipeline(shop.source() + " ! fakesink");
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  unsigned of_the_element = 0;
  std::set<std::string> files;
  for (const Line& line : lines.all()) {
    EXPECT_EQ(line.element, "source") << line.file << ":" << line.number;
    of_the_element += line.element == "source" ? 1U : 0U;
    EXPECT_TRUE(line.file.ends_with(".cpp")) << line.file;
    EXPECT_TRUE(line.function.starts_with("klingtext::")) << line.function;
    EXPECT_EQ(line.function.find_first_of(" ("), std::string::npos) << line.function;
    EXPECT_GT(line.number, 0);
    files.insert(line.file.substr(line.file.rfind('/') + 1));
  }
  EXPECT_GE(of_the_element, 4U);
  EXPECT_GE(files.size(), 3U);
}

struct LastReference {
  std::atomic<GstElement*> element{nullptr};
  std::atomic<bool> dropped{false};
};

void drop_reference(GstDebugCategory* category, GstDebugLevel, const gchar*, const gchar*, gint,
                    GObject*, GstDebugMessage*, gpointer data) {
  if (std::string("klingtextsrc") != gst_debug_category_get_name(category)) return;
  auto& last = *static_cast<LastReference*>(data);
  if (GstElement* element = last.element.exchange(nullptr)) {
    gst_object_unref(element);
    last.dropped = true;
  }
}

// A log function runs on the job's thread, and within it the element can come to its end.
TEST(LogLines, MayEndAnElement) {
  Shop shop;
  LastReference last;
  last.element = make_element("klingtextsrc").release();
  gst_debug_set_threshold_for_name("klingtextsrc", GST_LEVEL_LOG);
  (gst_debug_add_log_function)(drop_reference, &last, nullptr);
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_TRUE(last.dropped);
  (gst_debug_remove_log_function)(drop_reference);
  gst_debug_unset_threshold_for_name("klingtextsrc");
}

TEST(ErrorMessages, HaveTheirPlaceInTheSource) {
  Shop shop({.statuses = {"error"}});
  Pipeline pipeline(shop.source() + " ! fakesink");
  EXPECT_FALSE(pipeline.play());
  GError* raw = nullptr;
  char* debug = nullptr;
  gst_message_parse_error(of_type(pipeline.messages(), GST_MESSAGE_ERROR).front().get(), &raw,
                          &debug);
  const GErrorPtr error(raw);
  const GCharPtr owned(debug);
  const std::string where = debug;
  EXPECT_NE(where.find(".cpp("), std::string::npos) << where;
  EXPECT_NE(where.find("): "), std::string::npos) << where;
  EXPECT_NE(where.find("/GstPipeline:"), std::string::npos) << where;
}

TEST(Threads, HaveNames) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  std::set<std::string> names;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    names.insert(name);
  }
  EXPECT_TRUE(names.contains("klingtext-poll"));
  shop.service.release();
  EXPECT_TRUE(pipeline.wait_for_end());
}

// GStreamer's structures hold UTF-8 only; a path may have any bytes.
TEST(AStoreWithAnyBytesInItsPath, DrawsNoWarning) {
  Shop shop;
  const std::string store = shop.dir.file("st\xff\xfere");
  const GLogLevelFlags before = g_log_set_always_fatal(
      static_cast<GLogLevelFlags>(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING));
  {
    Pipeline pipeline(shop.source() + " ! fakesink");
    g_object_set(pipeline.named("source").get(), "store-dir", store.c_str(), nullptr);
    EXPECT_TRUE(pipeline.play()) << pipeline.errors();
    GstStructure* stats = nullptr;
    g_object_get(pipeline.named("source").get(), "stats", &stats, nullptr);
    EXPECT_EQ(string_field(stats, "clip"), "");
    gst_structure_free(stats);
    for (const Message& message : generations_in(pipeline.messages())) {
      EXPECT_FALSE(gst_structure_has_field(gst_message_get_structure(message.get()), "clip"));
    }
  }
  {
    std::filesystem::permissions(store, std::filesystem::perms::all);
    Pipeline pipeline(shop.source() + " ! fakesink");
    g_object_set(pipeline.named("source").get(), "store-dir", store.c_str(), nullptr);
    EXPECT_FALSE(pipeline.play());
    const Failure failure = failure_of(of_type(pipeline.messages(), GST_MESSAGE_ERROR).front());
    EXPECT_TRUE(g_utf8_validate(failure.sentence.c_str(), -1, nullptr));
    EXPECT_NE(failure.sentence.find("chmod 700"), std::string::npos) << failure.sentence;
  }
  g_log_set_always_fatal(before);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext::test
