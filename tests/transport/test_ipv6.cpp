// SPDX-License-Identifier: LGPL-2.1-or-later
// A service on ::1.
#include <system_error>

#include "support/job_fixture.h"
#include "transport/relay.h"

namespace klingtext {
namespace {

class Ipv6 : public test::JobFixture {};

TEST_F(Ipv6, BringsTheClip) {
  std::unique_ptr<test::Listener> front;
  try {
    front = std::make_unique<test::Listener>(
        std::uint16_t{0},
        [this](const std::stop_token&, test::SocketStream& stream, std::uint16_t) {
          const UniqueFd there = test::connection_to(service_.port());
          test::relay(test::plain_end(stream.descriptor()), test::plain_end(there.get()));
        },
        test::Loopback::v6);
  } catch (const std::system_error& error) {
    GTEST_SKIP() << "no IPv6 here: " << error.what();
  }
  const std::string url = "http://[::1]:" + std::to_string(front->port()) + "/v2";
  JobSpec one = spec();
  one.service_name = url;
  one.connect = [url](const auto&) -> Result<Service> { return test::service_at(url); };
  expect_whole(run(one));
  EXPECT_EQ(service_.submissions(), 1U);
  EXPECT_EQ(service_.submission_list().front().header("Host"),
            "[::1]:" + std::to_string(front->port()));
}

}  // namespace
}  // namespace klingtext
