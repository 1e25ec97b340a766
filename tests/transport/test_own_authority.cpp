// SPDX-License-Identifier: LGPL-2.1-or-later
// The element's tls-database says who is trusted, and nobody else is.
#include <gtest/gtest.h>

#include <fstream>

#include "gst/pipeline.h"
#include "gst/shop.h"
#include "support/api_body.h"
#include "transport/authority.h"
#include "transport/tls_front.h"

namespace klingtext::test {
namespace {

class OwnAuthority : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }

  // What the element says when it trusts `authority`, or whomever the system trusts.
  std::string play(const Authority* authority) {
    const std::string origin = "https://localhost:" + std::to_string(front_.port());
    shop_.service.always_on_poll(Answer::json(generation_body(
        {.id = "an-id", .status = "completed", .video_url = origin + "/clips/x.mp4"})));
    Pipeline pipeline(shop_.source() + " base-url=" + origin + "/v2 ! fakesink");
    if (authority != nullptr) {
      std::ofstream(shop_.dir.file("authority.pem")) << authority->certificate();
      const auto trusted = ObjectPtr<GTlsDatabase>::adopt(
          g_tls_file_database_new(shop_.dir.file("authority.pem").c_str(), nullptr));
      g_object_set(pipeline.named("source").get(), "tls-database", trusted.get(), nullptr);
    }
    pipeline.play();
    return pipeline.errors();
  }

  Authority authority_;
  Shop shop_;
  TlsFront front_{authority_.issue(), shop_.service.port()};
};

TEST_F(OwnAuthority, IsTrustedOnceItIsSet) {
  EXPECT_NE(play(nullptr).find("not signed by a trusted authority"), std::string::npos);
  const Authority another("another authority");
  const std::string said = play(&another);
  EXPECT_NE(said.find("not signed by a trusted authority"), std::string::npos) << said;
  EXPECT_EQ(shop_.service.submissions(), 0U);
  play(&authority_);
  EXPECT_EQ(shop_.service.submissions(), 1U);
  EXPECT_EQ(shop_.service.clip_requests(), 1U);
}

}  // namespace
}  // namespace klingtext::test
