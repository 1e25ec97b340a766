// SPDX-License-Identifier: LGPL-2.1-or-later
// Where HTTP/2 is offered, by nginx or by anybody: it is not spoken, for its heads have no bounds.
#include <gio/gio.h>

#include <thread>

#include "transport/relay.h"
#include "transport/transport_fixture.h"

namespace klingtext {
namespace {

class Http2 : public test::TransportFixture {
 protected:
  ~Http2() override {
    if (nginx_) {
      g_subprocess_send_signal(nginx_.get(), SIGTERM);
      g_subprocess_wait(nginx_.get(), nullptr, nullptr);
    }
  }
  static std::uint16_t free_port() {
    const test::Listener once(0, [](const auto&, auto&, auto) {});
    return once.port();
  }
  std::string config() const {
    const std::string at = dir_.path();
    return "daemon off; master_process off; pid " + at + "/pid; error_log " + at +
           "/error.log;\nevents {}\nhttp {\n  log_format protocol '$server_protocol "
           "$request_method "
           "$status';\n  access_log " +
           at + "/access.log protocol;\n  client_body_temp_path " + at +
           "/body;\n  proxy_temp_path " + at + "/proxy;\n  fastcgi_temp_path " + at +
           "/f;\n  uwsgi_temp_path " + at + "/u;\n  scgi_temp_path " + at +
           "/s;\n  server {\n    listen 127.0.0.1:" + std::to_string(port_) +
           " ssl http2;\n    ssl_certificate " + at +
           "/certificate.pem;\n    ssl_certificate_key " + at +
           "/key.pem;\n    location / { proxy_pass http://127.0.0.1:" +
           std::to_string(service_.port()) + "; proxy_http_version 1.1; }\n  }\n}\n";
  }
  bool starts() {
    const test::Identity identity = authority_.issue();
    std::ofstream(dir_.file("certificate.pem")) << identity.certificate;
    std::ofstream(dir_.file("key.pem")) << identity.key;
    std::ofstream(dir_.file("nginx.conf")) << config();
    const GCharPtr program(g_find_program_in_path("nginx"));
    const std::string path = program == nullptr ? "/usr/sbin/nginx" : program.get();
    nginx_ = ObjectPtr<GSubprocess>::adopt(
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, nullptr, path.c_str(), "-c",
                         dir_.file("nginx.conf").c_str(), "-p", dir_.path().c_str(), nullptr));
    if (!nginx_) return false;
    return service_.wait_for([this] { return answers(); });
  }
  bool answers() const {
    try {
      (void)test::connection_to(port_);
      return true;
    } catch (const std::system_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      return false;
    }
  }

  std::uint16_t port_ = free_port();
  ObjectPtr<GSubprocess> nginx_;
};

TEST_F(Http2, IsNotNeededByNginx) {
  if (!starts()) GTEST_SKIP() << "no nginx here";
  const std::string origin = "https://localhost:" + std::to_string(port_);
  clip_is_at(origin + test::kSigned);
  expect_whole(run(spec_at(origin + "/v2")));
  EXPECT_EQ(service_.submissions(), 1U);
  const auto spoken = [this] { return test::get(dir_.file("access.log")); };
  ASSERT_TRUE(service_.wait_for([&] { return test::holds(spoken(), "GET 20"); }));
  EXPECT_TRUE(test::holds(spoken(), "HTTP/1.1 POST 200")) << spoken();
  EXPECT_TRUE(test::holds(spoken(), "HTTP/1.1 GET 200")) << spoken();
  EXPECT_FALSE(test::holds(spoken(), "HTTP/2")) << spoken();
}

TEST_F(Http2, IsNotSpokenWhereNothingElseIsOffered) {
  const test::TlsFront storage(authority_.issue(), service_.port(), "h2");
  clip_is_at(at("localhost", storage) + test::kSigned);
  expect_whole(run(spec_at(at("localhost", storage) + "/v2")));
  EXPECT_EQ(service_.submissions(), 1U);
}

TEST_F(Http2, IsNoReasonToRepeatALostSubmission) {
  if (!starts()) GTEST_SKIP() << "no nginx here";
  service_.on_submit({test::Answer::normal().lost()});
  const Error error = error_of(spec_at("https://localhost:" + std::to_string(port_) + "/v2"));
  EXPECT_EQ(error.kind, ErrorKind::cannot_submit);
  EXPECT_TRUE(test::holds(error.message, "is unknown: it may exist")) << error.message;
  EXPECT_EQ(service_.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext
