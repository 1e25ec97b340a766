// SPDX-License-Identifier: LGPL-2.1-or-later
// A URI from a stranger's playlist, played with the user's key and store.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "gst/pipeline.h"
#include "gst/shop.h"

namespace klingtext::test {
namespace {

class StrangerUri : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    std::ofstream(shop_.dir.file("private")) << "private words";
  }
  // Plays it as far as it goes; what the element says of it.
  std::string play(const std::string& uri) {
    Pipeline pipeline("klingtextsrc name=source ! fakesink");
    const ElementPtr source = pipeline.named("source");
    shop_.configure(source.get());
    GErrorPtr error;
    if (!gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), uri.c_str(), ErrorOut(error))) {
      return error->message;
    }
    pipeline.play();
    return pipeline.errors();
  }
  std::string sent() const {
    std::string text;
    for (const auto& request : shop_.service.requests()) {
      text += request.method + ' ' + request.target + '\n' + request.body + '\n';
      for (const auto& [name, value] : request.headers) text += name + ": " + value + '\n';
    }
    return text;
  }
  std::set<std::string> names_outside_the_store() const {
    std::set<std::string> names;
    for (const auto& item : std::filesystem::directory_iterator(shop_.dir.path())) {
      names.insert(item.path().filename());
    }
    return names;
  }

  Shop shop_{{.api_key = "test-key"}};
};

// Keys that would matter, and values that look like something else.
TEST_P(StrangerUri, ReadsNoFileAndWritesNoneAndReachesNobody) {
  ScriptedService elsewhere;
  std::string uri = GetParam();
  for (const auto& [mark, text] : std::map<std::string, std::string>{
           {"FILE", shop_.dir.file("private")}, {"OTHER", elsewhere.base_url()}}) {
    if (const auto at = uri.find(mark); at != std::string::npos) uri.replace(at, mark.size(), text);
  }
  play(uri);
  EXPECT_EQ(elsewhere.connections(), 0U);
  EXPECT_EQ(sent().find("private words"), std::string::npos);
  EXPECT_TRUE(names_outside_the_store() == (std::set<std::string>{"private"}) ||
              names_outside_the_store() == (std::set<std::string>{"private", "store"}));
  // The key went where it always goes: into the header of requests to the service.
  for (const auto& request : shop_.service.requests()) {
    EXPECT_EQ(request.target.find("test-key"), std::string::npos);
    EXPECT_EQ(request.body.find("test-key"), std::string::npos);
    EXPECT_TRUE(request.method != "POST" || request.path() == "/v2/video/generations");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Uris, StrangerUri,
    testing::Values("klingtext:a?api-key-file=FILE", "klingtext:a?base-url=OTHER",
                    "klingtext:a?proxy=OTHER", "klingtext:a?store-dir=FILE.d",
                    "klingtext:a?max-daily-seconds=9999", "klingtext:a?resubmit=x",
                    "klingtext:a?extra-params=p,image=FILE", "klingtext:a?user-agent=x",
                    "klingtext:a?generation-id=../../../../FILE",
                    "klingtext:a?generation-id=x%26generation_id=y", "klingtext:a?model=../../FILE",
                    "klingtext:a?model=x%22,%22image_url%22:%22OTHER", "klingtext:file://FILE",
                    "klingtext://FILE", "klingtext:%22%7D%0D%0AX-Header:%20x",
                    "klingtext:a?negative-prompt=%0D%0AAuthorization:%20x"));

TEST_F(StrangerUri, SpendsNoMoreThanTheCapHoweverManyThereAre) {
  for (unsigned take = 1; take <= 14; ++take) {
    play("klingtext:many?take=" + std::to_string(take) + "&duration=10");
  }
  EXPECT_EQ(shop_.service.submissions(), 6U);  // of 10 s each: 60 s a day
  EXPECT_NE(play("klingtext:more").find("max-daily-seconds"), std::string::npos);
  EXPECT_NE(play("klingtext:other?model=another/model&duration=60").find("max-daily-seconds"),
            std::string::npos);
  EXPECT_EQ(shop_.service.submissions(), 6U);
}

}  // namespace
}  // namespace klingtext::test
