// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "api/api_client.h"
#include "support/scripted_service.h"

namespace klingtext::test {

inline constexpr const char* kSecretKey = "secret-key-of-the-test";

// The way to a scripted service, with a short patience.
inline Service service_at(const std::string& base_url, unsigned timeout = 30) {
  Service service;
  const auto url = parse_service_url(base_url);
  EXPECT_TRUE(url.ok()) << base_url;
  service.url = *url;
  service.key = Secret(kSecretKey);
  service.http = {.user_agent = "klingtext-test", .timeout = timeout};
  return service;
}

// One attempt to submit, without a journal.
inline Submission submit(ApiClient& client, const std::string& body,
                         const std::string& client_request_id) {
  const auto submission = client.submit(body, [&] { return std::optional(client_request_id); },
                                        ApiClient::Deadline::max(), {});
  EXPECT_TRUE(submission.ok());
  return submission.ok() ? *submission : Submission{};
}

// The base URL of a port where nothing listens.
inline std::string deserted_base_url() {
  ScriptedService gone;
  return gone.base_url();
}

}  // namespace klingtext::test
