// SPDX-License-Identifier: LGPL-2.1-or-later
// Real TLS: the right certificate is taken, any other is refused with a sentence before a byte of
// the request leaves.
#include "transport/transport_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::Authority;
using test::holds;
using test::Identity;
using test::kSigned;
using test::TlsFront;

constexpr std::time_t kDay = 86400;

class Https : public test::TransportFixture {};

TEST_F(Https, BringsTheClipFromAServiceOfATrustedAuthority) {
  const auto front = this->front(authority_.issue());
  const std::string origin = at("localhost", *front);
  clip_is_at(origin + kSigned);
  expect_whole(run(spec_at(origin + "/v2")));
  EXPECT_EQ(service_.submission_list().front().header("Authorization"),
            std::string("Bearer ") + test::kSecretKey);
  EXPECT_EQ(service_.clip_request_list().front().header("Authorization"), std::nullopt);
  EXPECT_GE(front->handshakes(), 2U);
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Https, GoesOnWhereTheConnectionWasCut) {
  const auto front = this->front(authority_.issue());
  const std::string origin = at("localhost", *front);
  clip_is_at(origin + kSigned);
  service_.on_clip({Answer::normal().cut_after(20000), Answer::normal().reset_after(100)});
  expect_whole(run(spec_at(origin + "/v2")));
  EXPECT_EQ(service_.clip_request_list().back().header("Range"), "bytes=20100-");
}

struct BadCase {
  const char* name;
  Identity (*identity)(const Authority& trusted);
  const char* says;
};

class BadCertificate : public Https, public testing::WithParamInterface<BadCase> {};

TEST_P(BadCertificate, OfTheServiceIsRefusedBeforeAnythingIsSent) {
  const auto front = this->front(GetParam().identity(authority_));
  const Error error = error_of(spec_at(at("localhost", *front) + "/v2"));
  EXPECT_EQ(error.kind, ErrorKind::cannot_submit);
  EXPECT_TRUE(holds(error.message, GetParam().says)) << error.message;
  EXPECT_TRUE(holds(error.message, "Nothing was submitted")) << error.message;
  EXPECT_EQ(front->bytes(), 0U);
  EXPECT_EQ(front->connections(), 1U) << "trying again does not make it better";
  EXPECT_EQ(service_.submissions(), 0U);
}

TEST_P(BadCertificate, OfTheStorageIsRefusedWithoutLosingTheGeneration) {
  const auto storage = this->front(GetParam().identity(authority_));
  clip_is_at(at("localhost", *storage) + kSigned);
  const Error error = error_of(spec_at(service_.base_url()));
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, GetParam().says)) << error.message;
  EXPECT_TRUE(holds(error.message, "without paying again")) << error.message;
  EXPECT_FALSE(holds(error.message, "scripted-secret"));
  EXPECT_EQ(storage->bytes(), 0U);
  EXPECT_EQ(service_.submissions(), 1U);
}

Identity expired(const Authority& trusted) {
  return trusted.issue({.valid_from = -2 * kDay, .valid_until = -kDay});
}
Identity not_yet_valid(const Authority& trusted) {
  return trusted.issue({.valid_from = kDay, .valid_until = 2 * kDay});
}
Identity of_another_host(const Authority& trusted) {
  return trusted.issue({.name = "elsewhere.test"});
}
Identity self_signed(const Authority&) {
  return Authority::self_signed();
}
Identity of_another_authority(const Authority&) {
  return Authority("another authority").issue();
}

INSTANTIATE_TEST_SUITE_P(
    Certificates, BadCertificate,
    testing::Values(BadCase{"Expired", expired, "has expired"},
                    BadCase{"NotYetValid", not_yet_valid, "is not valid yet"},
                    BadCase{"OfAnotherHost", of_another_host, "is for another host"},
                    BadCase{"SelfSigned", self_signed, "is not signed by a trusted authority"},
                    BadCase{"OfAnotherAuthority", of_another_authority,
                            "is not signed by a trusted authority"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(Https, FollowsALinkToTheClearNowhere) {
  const auto front = this->front(authority_.issue());
  const std::string origin = at("localhost", *front);
  clip_is_at(origin + kSigned);
  service_.on_clip({Answer::redirect(service_.clip_url())});
  const Error error = error_of(spec_at(origin + "/v2"));
  EXPECT_EQ(error.kind, ErrorKind::cannot_read);
  EXPECT_TRUE(holds(error.message, "from https: to http:")) << error.message;
  EXPECT_EQ(service_.clip_requests(), 1U);
}

}  // namespace
}  // namespace klingtext
