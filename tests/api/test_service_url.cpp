// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/service_url.h"

#include <gtest/gtest.h>

#include "base/glib_ptr.h"

namespace klingtext {
namespace {

ServiceUrl parsed(const std::string& text) {
  auto url = parse_service_url(text);
  EXPECT_TRUE(url.ok()) << text;
  return url.ok() ? *url : ServiceUrl{};
}

void expect_refused(const std::string& text, const std::string& why) {
  const auto url = parse_service_url(text);
  ASSERT_TRUE(url.failed()) << text;
  EXPECT_EQ(url.error().kind, ErrorKind::settings);
  EXPECT_NE(url.error().message.find(why), std::string::npos) << url.error().message;
  EXPECT_NE(url.error().message.find("https://api.aimlapi.com/v2"), std::string::npos)
      << "says what to do";
}

bool is_internal(const std::string& text) {
  const auto address = ObjectPtr<GInetAddress>::adopt(g_inet_address_new_from_string(text.c_str()));
  EXPECT_TRUE(address) << text;
  return address && is_internal_address(address.get());
}

TEST(ServiceUrl, LeavesTheDefaultAsItIs) {
  const ServiceUrl url = parsed(kDefaultBaseUrl);
  EXPECT_EQ(url.text, "https://api.aimlapi.com/v2");
  EXPECT_EQ(url.origin, "https://api.aimlapi.com");
  EXPECT_EQ(url.reach, Reach::elsewhere);
}

TEST(ServiceUrl, IsTheSameHoweverItIsSpelled) {
  for (const char* spelling :
       {"https://api.aimlapi.com/v2/", "https://api.aimlapi.com/v2//", "HTTPS://API.AimlApi.Com/v2",
        "https://api.aimlapi.com:443/v2", "  https://api.aimlapi.com/v2\n",
        "https://API.aimlapi.com:0443/v2/"}) {
    EXPECT_EQ(parsed(spelling).text, "https://api.aimlapi.com/v2") << spelling;
    EXPECT_EQ(parsed(spelling).origin, "https://api.aimlapi.com") << spelling;
  }
}

TEST(ServiceUrl, KeepsWhatMakesADifference) {
  EXPECT_EQ(parsed("https://api.example/V2").text, "https://api.example/V2");
  EXPECT_EQ(parsed("https://api.example:8443/v2").origin, "https://api.example:8443");
  EXPECT_EQ(parsed("https://api.example").text, "https://api.example");
  EXPECT_EQ(parsed("https://api.example/").text, "https://api.example");
  EXPECT_EQ(parsed("http://127.0.0.1:443/v2").text, "http://127.0.0.1:443/v2");
  EXPECT_EQ(parsed("http://127.0.0.1:80/v2").text, "http://127.0.0.1/v2");
  EXPECT_EQ(parsed("http://[::1]:8080/v2").text, "http://[::1]:8080/v2");
}

TEST(ServiceUrl, TakesPlainHttpForLoopbackOnly) {
  for (const char* loopback : {"http://127.0.0.1:1/v2", "http://localhost:1/v2",
                               "http://LOCALHOST/v2", "http://[::1]/v2", "http://127.9.9.9/v2"}) {
    EXPECT_EQ(parsed(loopback).reach, Reach::loopback) << loopback;
  }
  for (const char* remote :
       {"http://api.aimlapi.com/v2", "http://10.0.0.1/v2", "http://192.168.1.1/v2",
        "http://localhost.example/v2", "http://127.0.0.1.example/v2", "http://[fe80::1]/v2"}) {
    expect_refused(remote, "in the clear");
  }
}

TEST(ServiceUrl, RefusesWhatIsNoBaseUrl) {
  expect_refused("", "not a URL");
  expect_refused("api.aimlapi.com", "not a URL");
  expect_refused("https:///v2", "not a URL");
  expect_refused("https://", "not a URL");
  expect_refused("ftp://api.example/v2", "neither https: nor http:");
  expect_refused("file://host/etc/passwd", "neither https: nor http:");
  expect_refused("https://user:pass@api.example/v2", "must not have a user");
  expect_refused("https://api.example/v2?key=1", "a query");
  expect_refused("https://api.example/v2#here", "a fragment");
}

TEST(ServiceUrl, TellsALocalNetworkFromTheRest) {
  EXPECT_EQ(parsed("https://192.168.1.5/v2").reach, Reach::internal);
  EXPECT_EQ(parsed("https://[fd00::1]/v2").reach, Reach::internal);
  EXPECT_EQ(parsed("https://8.8.8.8/v2").reach, Reach::elsewhere);
}

TEST(InternalAddress, IsAnythingThatIsNotThePublicNetwork) {
  for (const char* address : {"0.0.0.0",
                              "127.0.0.1",
                              "127.255.255.254",
                              "10.1.2.3",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.0.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "100.127.255.255",
                              "192.0.0.8",
                              "198.18.0.1",
                              "198.19.255.255",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fec0::1",
                              "fc00::1",
                              "fd12::1",
                              "ff02::1"}) {
    EXPECT_TRUE(is_internal(address)) << address;
  }
}

TEST(InternalAddress, IsAlsoFoundInsideAnIpv6Address) {
  for (const char* address :
       {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.168.1.1", "::ffff:169.254.169.254",
        "::127.0.0.1", "::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2002:a00:1::", "2002:c0a8:101::1"}) {
    EXPECT_TRUE(is_internal(address)) << address;
  }
}

TEST(InternalAddress, IsNoPublicOne) {
  for (const char* address :
       {"8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
        "169.253.0.1", "192.167.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
        "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::", "2001:db8::1"}) {
    EXPECT_FALSE(is_internal(address)) << address;
  }
}

TEST(WithoutQuery, LeavesNothingSecret) {
  EXPECT_EQ(without_query("https://cdn.example/a.mp4?signature=s#f"), "https://cdn.example/a.mp4");
  EXPECT_EQ(without_query("https://cdn.example/a.mp4#access=s?x"), "https://cdn.example/a.mp4");
  EXPECT_EQ(without_query("https://cdn.example/a.mp4"), "https://cdn.example/a.mp4");
}

TEST(ServiceUrlText, KeepsItsPathAsItWasEscaped) {
  for (const std::string text : {"https://h/a%20b", "https://h/v2%3Fx", "https://h/v2%23x",
                                 "https://h/%25eth0", "https://h/a%0D%0Ab"}) {
    const auto url = parse_service_url(text);
    ASSERT_TRUE(url.ok()) << text;
    EXPECT_EQ(url->text, text);
  }
}

}  // namespace
}  // namespace klingtext
