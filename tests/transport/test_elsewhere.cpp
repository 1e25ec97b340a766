// SPDX-License-Identifier: LGPL-2.1-or-later
// A service that is elsewhere, as the real one is: with and without a proxy, and with a storage
// that wants us to look around in our own network.
#include "transport/proxy.h"
#include "transport/resolver.h"
#include "transport/transport_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;
using test::kSigned;
using test::Proxy;

constexpr const char* kApi = "api.klingtext.test";
constexpr const char* kStorage = "storage.klingtext.test";

class Elsewhere : public test::TransportFixture {
 protected:
  static void SetUpTestSuite() { test::resolve_test_names(); }
  std::string api_url() const { return "https://" + std::string(kApi) + "/v2"; }

  std::unique_ptr<test::TlsFront> api_ = front(authority_.issue({.name = kApi}));
  std::unique_ptr<test::TlsFront> storage_ = front(authority_.issue({.name = kStorage}));
  Proxy proxy_{
      {{kApi, api_->port()}, {kStorage, storage_->port()}, {"clear.test", service_.port()}}};
};

TEST_F(Elsewhere, IsReachedThroughAProxyThatLearnsNoSecret) {
  clip_is_at("https://" + std::string(kStorage) + kSigned);
  expect_whole(run(spec_at(api_url(), proxy_.uri())));
  EXPECT_EQ(service_.submissions(), 1U);
  for (const std::string& asked : proxy_.asked()) {
    EXPECT_TRUE(asked == "CONNECT api.klingtext.test:443" ||
                asked == "CONNECT storage.klingtext.test:443")
        << asked;
  }
  EXPECT_FALSE(proxy_.asked().empty());
  EXPECT_FALSE(holds(proxy_.bytes(), test::kSecretKey));
  EXPECT_FALSE(holds(proxy_.bytes(), "scripted-secret"));
  EXPECT_EQ(service_.clip_request_list().front().header("Authorization"), std::nullopt);
}

TEST_F(Elsewhere, SendsNoKeyInTheClearEvenWhereTheClipIs) {
  clip_is_at("http://clear.test" + std::string(kSigned));
  expect_whole(run(spec_at(api_url(), proxy_.uri())));
  EXPECT_TRUE(holds(proxy_.bytes(), "GET http://clear.test/clips/x.mp4"));
  EXPECT_FALSE(holds(proxy_.bytes(), test::kSecretKey));
}

// Its answer is none of the service's: nothing was submitted, and nothing is unknown.
TEST_F(Elsewhere, IsNotReachedThroughAProxyThatRefuses) {
  Proxy strict({});
  ApiClient client(service_of(api_url(), strict.uri()));
  const auto answer = test::submit(client, "{}", "an-id");
  EXPECT_EQ(answer.verdict, Submission::Verdict::try_again);
  EXPECT_TRUE(holds(answer.error.message, "the proxy answers HTTP 403")) << answer.error.message;
  EXPECT_EQ(strict.asked(), std::vector<std::string>{"CONNECT api.klingtext.test:443"});
  EXPECT_FALSE(holds(strict.bytes(), test::kSecretKey));
  EXPECT_EQ(service_.submissions(), 0U);
}

// DNS rebinding. Through a proxy it is the proxy that resolves, and the user's own choice.
TEST_F(Elsewhere, IsNoNameThatLeadsInside) {
  clip_is_at("http://rebound.test:" + std::to_string(service_.port()) + kSigned);
  const Error error = error_of(spec_at(at(kApi, *api_) + "/v2"));
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, "rebound.test is a loopback")) << error.message;
  EXPECT_EQ(service_.clip_requests(), 0U);
}

// Other spellings of 127.0.0.1, for which some resolvers know the address.
TEST_F(Elsewhere, IsNoNumberInDisguise) {
  for (const std::string host : {"2130706433", "0x7f000001", "0177.0.0.1", "127.1"}) {
    HttpSession session({});
    const auto reply =
        session.send({.url = "http://" + host + ":" + std::to_string(service_.port()) + "/clips/x",
                      .addresses = Addresses::public_only},
                     {.max_body = 1000}, {});
    EXPECT_TRUE(reply.failed()) << host;
  }
  EXPECT_EQ(service_.clip_requests(), 0U);
}

// Where a hostile service, or one that was fooled, would have us look.
class Inside : public Elsewhere, public testing::WithParamInterface<const char*> {};

TEST_P(Inside, IsNotLookedAtForALink) {
  clip_is_at(GetParam());
  const Error error = error_of(spec_at(at(kApi, *api_) + "/v2"));
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, "is a loopback, link-local or private address"))
      << error.message;
  EXPECT_EQ(service_.clip_requests(), 0U);
  EXPECT_EQ(storage_->connections(), 0U);
}

TEST_P(Inside, IsNotLookedAtForALinkThroughAProxy) {
  if (holds(GetParam(), ".test"))
    GTEST_SKIP() << "the proxy resolves, and is the user's own choice";
  clip_is_at(GetParam());
  const Error error = error_of(spec_at(api_url(), proxy_.uri()));
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  for (const std::string& asked : proxy_.asked()) {
    EXPECT_EQ(asked, "CONNECT api.klingtext.test:443");
  }
}

TEST_P(Inside, IsNotLookedAtForARedirect) {
  if (holds(GetParam(), ".test"))
    GTEST_SKIP() << "the proxy resolves, and is the user's own choice";
  clip_is_at("http://clear.test" + std::string(kSigned));
  service_.always_on_clip(Answer::redirect(GetParam()));
  const Error error = error_of(spec_at(api_url(), proxy_.uri()));
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_EQ(service_.clip_requests(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Addresses, Inside,
                         testing::Values("http://127.0.0.1:1/x", "http://localhost:1/x",
                                         "http://[::1]:1/x", "http://[::ffff:127.0.0.1]:1/x",
                                         "http://0.0.0.0:1/x", "http://10.0.0.1/x",
                                         "http://192.168.1.1/x", "http://172.16.0.1/x",
                                         "http://169.254.169.254/latest/meta-data",
                                         "http://100.64.0.1/x", "http://[fe80::1]/x",
                                         "http://[fd00::1]/x"));

}  // namespace
}  // namespace klingtext
