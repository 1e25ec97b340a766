// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs whose service and storage are reached by https, with an authority of the test's own.
#pragma once

#include <memory>
#include <string>

#include "support/api_body.h"
#include "support/job_fixture.h"
#include "transport/authority.h"
#include "transport/tls_front.h"

namespace klingtext::test {

class TransportFixture : public JobFixture {
 protected:
  static ObjectPtr<GTlsDatabase> trusting(const Authority& authority, const TempDir& dir) {
    const std::string file = dir.file("authority.pem");
    std::ofstream(file) << authority.certificate();
    return ObjectPtr<GTlsDatabase>::adopt(g_tls_file_database_new(file.c_str(), nullptr));
  }

  std::unique_ptr<TlsFront> front(const Identity& identity) const {
    return std::make_unique<TlsFront>(identity, service_.port());
  }
  static std::string at(const std::string& host, const TlsFront& front) {
    return "https://" + host + ':' + std::to_string(front.port());
  }

  // The service at this URL, trusting only the authority.
  Service service_of(const std::string& base_url, const std::string& proxy = "") const {
    Service service = service_at(base_url, timeout_);
    service.http.tls_database = trust_;
    service.http.proxy = proxy;
    return service;
  }
  JobSpec spec_at(const std::string& base_url, const std::string& proxy = "") const {
    JobSpec spec = JobFixture::spec();
    spec.service_name = base_url;
    spec.connect = [service = service_of(base_url, proxy)](const auto&) -> Result<Service> {
      return service;
    };
    return spec;
  }
  // Every poll says that the clip is there.
  void clip_is_at(const std::string& url) {
    service_.always_on_poll(
        Answer::json(generation_body({.id = "an-id", .status = "completed", .video_url = url})));
  }

  Authority authority_;
  ObjectPtr<GTlsDatabase> trust_ = trusting(authority_, dir_);
};

inline constexpr const char* kSigned = "/clips/x.mp4?signature=scripted-secret";

}  // namespace klingtext::test
