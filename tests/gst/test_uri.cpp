// SPDX-License-Identifier: LGPL-2.1-or-later
// klingtext: URIs: strict about what they take, canonical in what they give.
#include <gtest/gtest.h>

#include <set>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

struct Setting {
  bool accepted = false;
  std::string canonical;
  std::string sentence;
  int code = 0;
};

Setting set(const std::string& uri) {
  const ElementPtr source = make_element("klingtextsrc");
  GErrorPtr error;
  Setting result;
  result.accepted =
      gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), uri.c_str(), ErrorOut(error)) != FALSE;
  const GCharPtr canonical(gst_uri_handler_get_uri(GST_URI_HANDLER(source.get())));
  result.canonical = canonical ? canonical.get() : "";
  if (error) {
    EXPECT_EQ(error->domain, GST_URI_ERROR);
    result.code = error->code;
    result.sentence = error->message;
  }
  return result;
}

struct Good {
  std::string uri;
  std::string canonical;
};

class GoodUri : public testing::TestWithParam<Good> {};

TEST_P(GoodUri, HasOneCanonicalForm) {
  const Setting once = set(GetParam().uri);
  ASSERT_TRUE(once.accepted) << once.sentence;
  EXPECT_EQ(once.canonical, GetParam().canonical);
  const Setting twice = set(once.canonical);
  ASSERT_TRUE(twice.accepted) << twice.sentence;
  EXPECT_EQ(twice.canonical, once.canonical);
}

const Good kGood[] = {
    {"klingtext:raccoon", "klingtext:raccoon"},
    {"klingtext://raccoon", "klingtext:raccoon"},
    {"KLINGTEXT:raccoon", "klingtext:raccoon"},
    {"KlingText://raccoon", "klingtext:raccoon"},
    {"klingtext:/raccoon", "klingtext:raccoon"},
    {"klingtext:///raccoon", "klingtext:raccoon"},
    {"klingtext:raccoon/", "klingtext:raccoon"},
    {"klingtext://raccoon/", "klingtext:raccoon"},
    {"klingtext:///raccoon/", "klingtext:raccoon"},
    {"klingtext://raccoon/?take=2", "klingtext:raccoon?take=2"},
    {"klingtext:///raccoon?take=2", "klingtext:raccoon?take=2"},
    {"klingtext:%2Fetc", "klingtext:%2Fetc"},
    {"klingtext:////etc", "klingtext:%2Fetc"},
    {"klingtext:etc%2F", "klingtext:etc%2F"},
    {"klingtext:etc//", "klingtext:etc%2F"},
    {"klingtext:a/b", "klingtext:a%2Fb"},
    {"klingtext:?rehearse=true&generation-id=1", "klingtext:?rehearse=true&generation-id=1"},
    {"klingtext:A%20white%20raccoon", "klingtext:A%20white%20raccoon"},
    {"klingtext:A white raccoon", "klingtext:A%20white%20raccoon"},
    {"klingtext:a+b", "klingtext:a%2Bb"},
    {"klingtext:a%2Bb", "klingtext:a%2Bb"},
    {"klingtext:W\xc3\xa4sche", "klingtext:W%C3%A4sche"},
    {"klingtext:W%C3%A4sche", "klingtext:W%C3%A4sche"},
    {"klingtext:W%c3%a4sche", "klingtext:W%C3%A4sche"},
    {"klingtext:%61", "klingtext:a"},
    {"klingtext:a/b:c&d=e", "klingtext:a%2Fb%3Ac%26d%3De"},
    {"klingtext:///etc/passwd", "klingtext:etc%2Fpasswd"},
    {"klingtext:100%25%20%23%3F", "klingtext:100%25%20%23%3F"},
    {"klingtext:a%0Ab", "klingtext:a%0Ab"},
    {"klingtext:\xe2\x80\xae"
     "a",
     "klingtext:%E2%80%AEa"},
    {"klingtext:a?duration=10", "klingtext:a?duration=10"},
    {"klingtext:a?duration=5", "klingtext:a"},
    {"klingtext:a?take=2", "klingtext:a?take=2"},
    {"klingtext:a?take=1", "klingtext:a"},
    {"klingtext:a?take=4294967295", "klingtext:a?take=4294967295"},
    {"klingtext:a?aspect-ratio=16:9", "klingtext:a?aspect-ratio=16:9"},
    {"klingtext:a?aspect-ratio=9%3A16", "klingtext:a?aspect-ratio=9:16"},
    {"klingtext:a?cfg-scale=0.5", "klingtext:a?cfg-scale=0.5"},
    {"klingtext:a?cfg-scale=0", "klingtext:a?cfg-scale=0"},
    {"klingtext:a?cfg-scale=1.0", "klingtext:a?cfg-scale=1"},
    {"klingtext:a?cfg-scale=0.00000000666666", "klingtext:a?cfg-scale=0.00000000666666"},
    {"klingtext:a?generate-audio=false", "klingtext:a?generate-audio=false"},
    {"klingtext:a?generate-audio=true", "klingtext:a"},
    {"klingtext:a?rehearse=true", "klingtext:a?rehearse=true"},
    {"klingtext:a?rehearse=false", "klingtext:a"},
    {"klingtext:a?model=x/y", "klingtext:a?model=x/y"},
    {"klingtext:a?negative-prompt=rain%20and%20snow",
     "klingtext:a?negative-prompt=rain%20and%20snow"},
    {"klingtext:a?negative-prompt=", "klingtext:a?negative-prompt="},
    {"klingtext:?generation-id=1:b/c", "klingtext:?generation-id=1:b/c"},
    {"klingtext:a?rehearse=true&take=3&duration=10&aspect-ratio=1:1&generate-audio=false",
     "klingtext:a?aspect-ratio=1:1&duration=10&generate-audio=false&take=3&rehearse=true"},
};

INSTANTIATE_TEST_SUITE_P(Table, GoodUri, testing::ValuesIn(kGood));

class BadUri : public testing::TestWithParam<std::string> {};

TEST_P(BadUri, IsRefusedWithASentenceAndChangesNothing) {
  const ElementPtr source = make_element("klingtextsrc");
  GstURIHandler* handler = GST_URI_HANDLER(source.get());
  ASSERT_TRUE(gst_uri_handler_set_uri(handler, "klingtext:before?take=7", nullptr));
  GErrorPtr error;
  EXPECT_FALSE(gst_uri_handler_set_uri(handler, GetParam().c_str(), ErrorOut(error)));
  ASSERT_TRUE(error);
  EXPECT_TRUE(g_error_matches(error.get(), GST_URI_ERROR, GST_URI_ERROR_BAD_URI));
  EXPECT_GT(std::string(error->message).size(), 20U);
  EXPECT_EQ(std::string(error->message).back(), '.');
  EXPECT_LT(std::string(error->message).size(), 400U);
  EXPECT_TRUE(g_utf8_validate(error->message, -1, nullptr));
  const GCharPtr still(gst_uri_handler_get_uri(handler));
  EXPECT_STREQ(still.get(), "klingtext:before?take=7");
}

std::vector<std::string> bad_uris() {
  std::vector<std::string> uris;
  for (const char* rest : {"a#b",
                           "a?take=2#b",
                           "#",
                           "a%",
                           "a%2",
                           "a%zz",
                           "a%G0b",
                           "%ff",
                           "a%00b",
                           "a?",
                           "a?take",
                           "a?take=",
                           "a?take=0",
                           "a?take=-1",
                           "a?take=+2",
                           "a?take= 2",
                           "a?take=2x",
                           "a?take=1e3",
                           "a?take=4294967296",
                           "a?take=1&take=1",
                           "a?take=1&duration=5&take=2",
                           "a?duration=0",
                           "a?duration=61",
                           "a?duration=5.5",
                           "a?duration=-5",
                           "a?duration=five",
                           "a?cfg-scale=2",
                           "a?cfg-scale=-1",
                           "a?cfg-scale=nan",
                           "a?cfg-scale=",
                           "a?cfg-scale=0,5",
                           "a?cfg-scale=1e-1",
                           "a?aspect-ratio=4:3",
                           "a?aspect-ratio=16x9",
                           "a?generate-audio=yes",
                           "a?generate-audio=1",
                           "a?generate-audio=TRUE",
                           "a?rehearse=",
                           "a?model=",
                           "a?generation-id=",
                           "a?api-key=secret",
                           "a?api_key=secret",
                           "a?base-url=http://a",
                           "a?store-dir=/tmp",
                           "a?prompt=b",
                           "a?max-daily-seconds=9",
                           "a?resubmit=x",
                           "a?Take=2",
                           "a?&take=2",
                           "a?take=2&",
                           "a?take=2&&duration=5",
                           "a?take=2;duration=5",
                           "a?ta%6be=2&take=2",
                           "a?negative-prompt=%00",
                           "a?negative-prompt=%fe",
                           "a?extra-params=p",
                           "a?\xe2\x80\xae=1"}) {
    uris.push_back(std::string("klingtext:") + rest);
  }
  uris.push_back("klingtext:%20%E3%80%80");
  uris.push_back("klingtext:a?negative-prompt=" + std::string(2501, 'n'));
  uris.push_back("klingtext:" + std::string(2501, 'a'));
  uris.push_back("klingtext:" + std::string(1 << 20, 'a'));
  uris.push_back("klingtext:a?negative-prompt=" + std::string(1 << 20, 'a'));
  uris.push_back("klingtext:a?" + std::string(90000, 'k') + "=1");
  return uris;
}

INSTANTIATE_TEST_SUITE_P(Table, BadUri, testing::ValuesIn(bad_uris()));

TEST(Uri, IsNullWhereNothingIsToBeGenerated) {
  for (const char* bare : {"klingtext:", "klingtext://", "KLINGTEXT:///", "klingtext:?take=2"}) {
    const Setting probed = set(bare);
    EXPECT_TRUE(probed.accepted) << probed.sentence;
    EXPECT_EQ(probed.canonical, "");
  }
  const ElementPtr source = make_element("klingtextsrc");
  EXPECT_EQ(gst_uri_handler_get_uri(GST_URI_HANDLER(source.get())), nullptr);
  const GlibPtr<GstQuery, gst_query_unref> query(gst_query_new_uri());
  gst_element_set_state(source.get(), GST_STATE_READY);
  EXPECT_TRUE(gst_element_query(source.get(), query.get()));
  char* uri = nullptr;
  gst_query_parse_uri(query.get(), &uri);
  EXPECT_EQ(uri, nullptr);
  gst_element_set_state(source.get(), GST_STATE_NULL);
}

TEST(Uri, NotifiesThePropertiesItChanges) {
  const ElementPtr source = make_element("klingtextsrc");
  g_object_set(source.get(), "cfg-scale", 0.5, "duration", 10, nullptr);
  std::set<std::string> notified;
  g_signal_connect(source.get(), "notify",
                   G_CALLBACK(+[](GObject*, GParamSpec* spec, gpointer names) {
                     static_cast<std::set<std::string>*>(names)->insert(spec->name);
                   }),
                   &notified);
  ASSERT_TRUE(gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()),
                                      "klingtext:A%20raccoon?duration=10&take=2", nullptr));
  // What the URI does not name is reset, and a minute a day is the cap of an element set by a URI.
  EXPECT_EQ(notified, (std::set<std::string>{"prompt", "take", "cfg-scale", "max-daily-seconds"}));
  notified.clear();
  ASSERT_TRUE(gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()),
                                      "klingtext:A%20raccoon?duration=10&take=2", nullptr));
  EXPECT_FALSE(
      gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), "klingtext:b?take=0", nullptr));
  EXPECT_EQ(notified, std::set<std::string>{});
}

TEST(Uri, MakesTheElement) {
  gst_init(nullptr, nullptr);
  for (const char* uri : {"klingtext:A%20raccoon", "KLINGTEXT://A%20raccoon"}) {
    GErrorPtr error;
    GstElement* element = gst_element_make_from_uri(GST_URI_SRC, uri, "source", ErrorOut(error));
    ASSERT_NE(element, nullptr) << error->message;
    const ElementPtr owned(GST_ELEMENT(gst_object_ref_sink(element)));
    const GCharPtr canonical(gst_uri_handler_get_uri(GST_URI_HANDLER(element)));
    EXPECT_STREQ(canonical.get(), "klingtext:A%20raccoon");
  }
  EXPECT_EQ(gst_element_make_from_uri(GST_URI_SRC, "klingtext:a?secret=1", nullptr, nullptr),
            nullptr);
}

TEST(Uri, IsToldWhyInItsOwnWords) {
  EXPECT_NE(set("klingtext:a%00b").sentence.find("a NUL in its prompt"), std::string::npos);
  EXPECT_NE(set("klingtext:a?model=%00").sentence.find("a NUL in its query"), std::string::npos);
  EXPECT_NE(set("klingtext:a?api-key=s").sentence.find("no key \"api-key\""), std::string::npos);
}

// Whatever somebody puts where no secret belongs is not passed on into logs and messages.
TEST(Uri, DoesNotRepeatASecretItWasGiven) {
  for (const char* uri : {"klingtext:a?s3cret", "klingtext:a?api-key=s3cret", "klingtext:a#s3cret",
                          "klingtext:a?take=s3cret", "klingtext:a?model=x&model=s3cret"}) {
    const Setting refused = set(uri);
    EXPECT_FALSE(refused.accepted) << uri;
    EXPECT_EQ(refused.sentence.find("s3cret"), std::string::npos) << refused.sentence;
  }
}

TEST(Uri, SetsWhatItNamesAndResetsTheRest) {
  const ElementPtr source = make_element("klingtextsrc");
  g_object_set(source.get(), "prompt", "old", "negative-prompt", "old", "duration", 10, "take", 5U,
               "generation-id", "old", "rehearse", TRUE, nullptr);
  ASSERT_TRUE(gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), "klingtext:new", nullptr));
  const GCharPtr uri(gst_uri_handler_get_uri(GST_URI_HANDLER(source.get())));
  EXPECT_STREQ(uri.get(), "klingtext:new");
}

TEST(Uri, CannotChangeWhileTheSourceRuns) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! fakesink");
  pipeline.set_state(GST_STATE_PAUSED);
  const ElementPtr source = pipeline.named("source");
  GErrorPtr error;
  EXPECT_FALSE(
      gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), "klingtext:other", ErrorOut(error)));
  EXPECT_TRUE(g_error_matches(error.get(), GST_URI_ERROR, GST_URI_ERROR_BAD_STATE));
  pipeline.set_state(GST_STATE_READY);
  EXPECT_TRUE(gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), "klingtext:other", nullptr));
}

TEST(Uri, OfAnotherSpellingIsTheSameRequest) {
  Shop shop;
  for (const char* uri :
       {"klingtext:W%C3%A4sche%20und+mehr", "KLINGTEXT://W\xc3\xa4sche und+mehr",
        "klingtext:W\xc3\xa4sche%20und%2bmehr?duration=5", "klingtext:///W\xc3\xa4sche%20und+mehr",
        "klingtext://W\xc3\xa4sche%20und+mehr/",
        "klingtext:/W\xc3\xa4sche%20und+mehr/?duration=5"}) {
    Pipeline pipeline("klingtextsrc name=source ! fakesink");
    const ElementPtr source = pipeline.named("source");
    shop.configure(source.get());
    ASSERT_TRUE(gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), uri, nullptr));
    EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  }
  ASSERT_EQ(shop.service.submissions(), 1U);
  EXPECT_NE(shop.service.submission_list().front().body.find("\"W\xc3\xa4sche und+mehr\""),
            std::string::npos);
}

TEST(Uri, OfStrangersSpendsAMinuteADayAtMost) {
  Shop shop;
  unsigned refused = 0;
  for (int i = 0; i < 15; ++i) {
    Pipeline pipeline("klingtextsrc name=source ! fakesink");
    const ElementPtr source = pipeline.named("source");
    shop.configure(source.get());
    const std::string uri = "klingtext:stranger" + std::to_string(i);
    ASSERT_TRUE(gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), uri.c_str(), nullptr));
    if (pipeline.play()) continue;
    ++refused;
    EXPECT_EQ(failure_of(of_type(pipeline.messages(), GST_MESSAGE_ERROR).front()).code,
              GST_RESOURCE_ERROR_SETTINGS);
  }
  EXPECT_EQ(shop.service.submissions(), 12U);
  EXPECT_EQ(refused, 3U);
}

}  // namespace
}  // namespace klingtext::test
