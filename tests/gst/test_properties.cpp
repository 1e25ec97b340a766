// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties as documented: names, types, defaults, ranges, and when they may change.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "pipeline.h"
#include "support/environment.h"

namespace klingtext::test {
namespace {

enum class Access { setting, secret, reading };

struct Property {
  const char* name;
  const char* type;
  std::string standard;  // as gst_value_serialize() writes it, "" where it is null
  std::string range;     // "low..high"
  Access access = Access::setting;
};

constexpr const char* kMostUnsigned = "4294967295";
constexpr const char* kMost64 = "18446744073709551615";

const Property kProperties[] = {
    {"model", "gchararray", "klingai/video-v2-6-pro-text-to-video", ""},
    {"prompt", "gchararray", "", ""},
    {"negative-prompt", "gchararray", "", ""},
    {"aspect-ratio", "GstKlingTextAspectRatio", "unset", "unset 16:9 9:16 1:1"},
    {"duration", "gint", "5", "-2147483648..2147483647"},
    {"cfg-scale", "gdouble", "-1", "-inf..inf"},
    {"generate-audio", "gboolean", "true", ""},
    {"take", "guint", "1", std::string("0..") + kMostUnsigned},
    {"extra-params", "GstStructure", "", ""},
    {"api-key", "gchararray", "", "", Access::secret},
    {"api-key-file", "gchararray", "", ""},
    {"base-url", "gchararray", "https://api.aimlapi.com/v2", ""},
    {"rehearse", "gboolean", "false", ""},
    {"request-timeout", "guint", "30", std::string("0..") + kMostUnsigned},
    {"generation-timeout", "guint", "1800", std::string("0..") + kMostUnsigned},
    {"poll-interval", "guint", "0", std::string("0..") + kMostUnsigned},
    {"max-clip-size", "guint64", "2147483648", std::string("0..") + kMost64},
    {"use-buffering", "gboolean", "true", ""},
    {"proxy", "gchararray", "", ""},
    {"tls-database", "GTlsDatabase", "", ""},
    {"user-agent", "gchararray", "", ""},
    {"store-dir", "gchararray", "", ""},
    {"store-size", "guint64", "0", std::string("0..") + kMost64},
    {"generation-id", "gchararray", "", ""},
    {"resubmit", "gchararray", "", ""},
    {"max-daily-seconds", "guint", "0", std::string("0..") + kMostUnsigned},
    {"status", "GstKlingTextStatus", "idle", "idle submitting queued generating completed failed",
     Access::reading},
    {"stats", "GstStructure", "", "", Access::reading},
};

std::string standard_of(GParamSpec* spec) {
  const GValue* value = g_param_spec_get_default_value(spec);
  if (G_VALUE_HOLDS_STRING(value)) {
    const char* text = g_value_get_string(value);
    return text == nullptr ? "" : text;
  }
  if (G_VALUE_HOLDS_BOXED(value) || G_VALUE_HOLDS_OBJECT(value)) return "";
  if (G_VALUE_HOLDS_ENUM(value)) {
    return g_enum_get_value(G_PARAM_SPEC_ENUM(spec)->enum_class, g_value_get_enum(value))
        ->value_nick;
  }
  const GCharPtr text(gst_value_serialize(value));
  return text.get();
}

template <typename Number>
std::string range(Number low, Number high) {
  return std::to_string(low) + ".." + std::to_string(high);
}

std::string range_of(GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_INT(spec)) {
    return range(G_PARAM_SPEC_INT(spec)->minimum, G_PARAM_SPEC_INT(spec)->maximum);
  }
  if (G_IS_PARAM_SPEC_UINT(spec)) {
    return range(G_PARAM_SPEC_UINT(spec)->minimum, G_PARAM_SPEC_UINT(spec)->maximum);
  }
  if (G_IS_PARAM_SPEC_UINT64(spec)) {
    return range(G_PARAM_SPEC_UINT64(spec)->minimum, G_PARAM_SPEC_UINT64(spec)->maximum);
  }
  if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
    return range(G_PARAM_SPEC_DOUBLE(spec)->minimum, G_PARAM_SPEC_DOUBLE(spec)->maximum);
  }
  std::string nicks;
  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    const GEnumClass* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
    for (guint i = 0; i < values->n_values; ++i) {
      nicks += (nicks.empty() ? "" : " ") + std::string(values->values[i].value_nick);
    }
  }
  return nicks;
}

TEST(Properties, AreThoseOfTheTable) {
  const ElementPtr source = make_element("klingtextsrc");
  std::map<std::string, GParamSpec*> found;
  guint count = 0;
  const GlibPtr<GParamSpec*, g_free> all(
      g_object_class_list_properties(G_OBJECT_GET_CLASS(source.get()), &count));
  for (guint i = 0; i < count; ++i) {
    GParamSpec* spec = all.get()[i];
    if (spec->owner_type == G_OBJECT_TYPE(source.get())) found[spec->name] = spec;
  }
  for (const Property& wanted : kProperties) {
    SCOPED_TRACE(wanted.name);
    ASSERT_TRUE(found.contains(wanted.name));
    GParamSpec* spec = found.at(wanted.name);
    found.erase(wanted.name);
    EXPECT_STREQ(g_type_name(spec->value_type), wanted.type);
    // The user agent names the version.
    if (std::string(wanted.name) != "user-agent") {
      EXPECT_EQ(standard_of(spec), wanted.standard);
    }
    EXPECT_EQ(range_of(spec), wanted.range);
    EXPECT_EQ((spec->flags & G_PARAM_READABLE) != 0, wanted.access != Access::secret);
    EXPECT_EQ((spec->flags & G_PARAM_WRITABLE) != 0, wanted.access != Access::reading);
    EXPECT_EQ((spec->flags & GST_PARAM_MUTABLE_READY) != 0, wanted.access != Access::reading);
    EXPECT_EQ(spec->flags & (GST_PARAM_MUTABLE_PAUSED | GST_PARAM_MUTABLE_PLAYING), 0);
    EXPECT_GT(std::string(g_param_spec_get_blurb(spec)).size(), 15U);
  }
  for (const auto& [name, spec] : found) ADD_FAILURE() << "not in the table: " << name;
}

TEST(Properties, ReadBackWhatWasWritten) {
  const ElementPtr source = make_element("klingtextsrc");
  const std::set<std::string> own_test = {"api-key", "status", "stats", "tls-database"};
  for (const Property& property : kProperties) {
    if (own_test.contains(property.name)) continue;
    SCOPED_TRACE(property.name);
    const std::string type = property.type;
    std::string text = "3";
    if (type == "gchararray") text = "some text";
    if (type == "gboolean") text = property.standard == "true" ? "false" : "true";
    if (type == "gdouble") text = "0.5";
    if (type == "GstKlingTextAspectRatio") text = "9:16";
    if (type == "GstStructure") text = "p, duration=(string)5";
    gst_util_set_object_arg(G_OBJECT(source.get()), property.name, text.c_str());
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(source.get()), property.name, &value);
    std::string read;
    if (G_VALUE_HOLDS_STRING(&value)) {
      read = g_value_get_string(&value) == nullptr ? "" : g_value_get_string(&value);
    } else if (G_VALUE_HOLDS_ENUM(&value)) {
      read = g_value_get_enum(&value) == 2 ? "9:16" : "another";
    } else {
      const GCharPtr serialised(gst_value_serialize(&value));
      read = serialised.get();
    }
    g_value_unset(&value);
    if (type == "GstStructure") {
      EXPECT_NE(read.find("duration"), std::string::npos) << read;
    } else {
      EXPECT_EQ(read, text);
    }
  }
}

TEST(Properties, BaseUrlReadsWhatIsInForce) {
  const ScopedEnvironment environment("AIMLAPI_BASE_URL", "https://example.org/v2");
  const ElementPtr source = make_element("klingtextsrc");
  char* url = nullptr;
  g_object_get(source.get(), "base-url", &url, nullptr);
  const GCharPtr owned(url);
  EXPECT_STREQ(url, "https://example.org/v2");
}

TEST(Properties, AProxyIsReadBackWithoutItsPassword) {
  const ElementPtr source = make_element("klingtextsrc");
  for (const auto& [set, read] : std::map<std::string, std::string>{
           {"http://user:secret@host.example:8080", "http://user@host.example:8080"},
           {"http://:secret@host.example", "http://@host.example"},
           {"user:secret@host.example", "user@host.example"},
           {"http://us@er:secret@host.example", "http://us@er@host.example"},
           {"socks5://host.example:1080", "socks5://host.example:1080"}}) {
    g_object_set(source.get(), "proxy", set.c_str(), nullptr);
    char* text = nullptr;
    g_object_get(source.get(), "proxy", &text, nullptr);
    const GCharPtr owned(text);
    EXPECT_EQ(std::string(text == nullptr ? "" : text).find("secret"), std::string::npos) << text;
    EXPECT_EQ(text, read);
  }
}

TEST(Element, IsWhatItSaysItIs) {
  gst_init(nullptr, nullptr);
  const GlibPtr<GstElementFactory, gst_object_unref> factory(
      gst_element_factory_find("klingtextsrc"));
  ASSERT_TRUE(factory);
  EXPECT_STREQ(gst_element_factory_get_klass(factory.get()), "Source/Network/Video");
  EXPECT_EQ(gst_element_factory_get_uri_type(factory.get()), GST_URI_SRC);
  const gchar* const* protocols = gst_element_factory_get_uri_protocols(factory.get());
  EXPECT_STREQ(protocols[0], "klingtext");
  EXPECT_EQ(protocols[1], nullptr);
  EXPECT_STREQ(gst_plugin_feature_get_plugin_name(GST_PLUGIN_FEATURE(factory.get())), "klingtext");
  const GList* pads = gst_element_factory_get_static_pad_templates(factory.get());
  ASSERT_EQ(g_list_length(const_cast<GList*>(pads)), 1U);
  const auto* pad = static_cast<GstStaticPadTemplate*>(pads->data);
  EXPECT_STREQ(pad->name_template, "src");
  EXPECT_EQ(pad->presence, GST_PAD_ALWAYS);
  EXPECT_STREQ(pad->static_caps.string, "ANY");
}

}  // namespace
}  // namespace klingtext::test
