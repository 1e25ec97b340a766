// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "support/job_fixture.h"

#include "api/account_log.h"
#include "base/unix_time.h"

namespace klingtext::test {

// Jobs against a service that has the account's log.
class RecoveryFixture : public JobFixture {
 protected:
  RecoveryFixture() { set_log(); }
  Script script() const {
    Script script;
    script.log = Script::Log::present;
    return script;
  }
  void set_log(const std::string& status = "succeeded", unsigned lag = 0,
               std::vector<std::string> rows = {}) {
    Script with_log = script();
    with_log.log_status = status;
    with_log.log_lag = lag;
    with_log.log_rows = std::move(rows);
    service_.set_script(with_log);
  }
  // An intent that a process which has ended left behind, `age` seconds ago.
  std::string leave_intent(std::int64_t age) const {
    return leave_intent(age, make_client_request_id(key_of(spec())));
  }
  std::string leave_intent(std::int64_t age, const std::string& client_request_id) const {
    auto store = StoreDir::open(store_path());
    Entry intent;
    intent.key = key_of(spec());
    intent.service = spec().service_name;
    intent.client_request_id = client_request_id;
    intent.submitted = unix_now() - age;
    intent.seconds = 5;
    EXPECT_TRUE(Journal(*store).create(intent, std::nullopt).ok());
    return intent.client_request_id;
  }
  static std::string row(const std::string& client_request_id, const std::string& id) {
    return R"({"created":"2026-07-02T03:04:05.000Z","status":"succeeded","inference_id":")" + id +
           R"(","client_request_id":")" + client_request_id + R"("})";
  }
};

}  // namespace klingtext::test
