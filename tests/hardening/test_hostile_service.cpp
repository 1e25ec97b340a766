// SPDX-License-Identifier: LGPL-2.1-or-later
// A service that lies: whatever it calls a generation, nothing is written outside the store,
// nothing but the store's own names inside, and the generation can still be followed.
#include <regex>
#include <set>

#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::holds;

class HostileService : public test::JobFixture, public testing::WithParamInterface<const char*> {
 protected:
  std::set<std::string> names_in(const std::filesystem::path& folder) const {
    std::set<std::string> names;
    for (const auto& item : std::filesystem::recursive_directory_iterator(folder)) {
      names.insert(item.path().lexically_relative(folder).string());
    }
    return names;
  }
  void expect_only_names_of_the_store() const {
    const std::regex allowed(
        "store(/([0-9a-f]{64}\\.(json|mp4|lock|part|part\\.log)|history\\.json|"
        "drafts|ledger(/complete|/[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9]+)?)?|[a-z]+\\.lock))?");
    for (const std::string& name : names_in(dir_.path())) {
      EXPECT_TRUE(std::regex_match(name, allowed)) << name;
    }
  }
};

class HostileId : public HostileService {};

TEST_P(HostileId, NamesNoFile) {
  const std::string id = GetParam();
  service_.set_script({.statuses = {"queued", "completed"}, .ids = {id}});
  expect_whole(run());
  await_kept();
  expect_only_names_of_the_store();
  EXPECT_EQ(entry()->generation_id, id);
  EXPECT_EQ(service_.submissions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Ids, HostileId,
                         testing::Values("../../../../tmp/klingtext-hostile", "/etc/passwd", ".",
                                         "..", "a/../../b", "x.mp4", "%2e%2e%2f",
                                         "id&generation_id=other", "id#fragment", "id?x=1",
                                         "$(touch x)", "ünïcode/ℤ"));

class HostileReply : public HostileService {};

// An answer that is no id is an unknown outcome, and repeats nothing.
TEST_P(HostileReply, LeavesTheOutcomeUnknown) {
  service_.on_submit({Answer::json(GetParam())});
  const Error error = error_of_run();
  EXPECT_EQ(error.kind, ErrorKind::cannot_submit);
  EXPECT_TRUE(holds(error.message, "is unknown: it may exist")) << error.message;
  EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
  expect_only_names_of_the_store();
  error_of_run();
  EXPECT_EQ(service_.submissions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Replies, HostileReply,
                         testing::Values(R"({"id":"\u001b]0;title\u0007","status":"queued"})",
                                         R"({"id":"two\nlines","status":"queued"})",
                                         R"({"id":{"a":[]},"status":"queued"})", R"([[[[[[]]]]]])",
                                         R"({"status":"\u001b[2J"})", "\xff\xfe", "null"));

// What it says of the cost must not make the journal unreadable: the film is paid.
TEST_F(HostileService, ClaimsAnAbsurdCost) {
  for (const char* amount : {"1e22", "1e999", "-5", "1e-22"}) {
    service_.on_poll({Answer::json(
        std::string(R"({"id":"x","status":"completed","video":{"url":"$CLIP"},)") +
        R"("meta":{"usage":{"credits_used":)" + amount + R"(,"usd_spent":)" + amount + "}}}")});
    JobSpec one = spec();
    one.request.prompt = amount;
    expect_whole(run(one));
    ASSERT_TRUE(service_.wait_for([&] { return entry(key_of(one)).has_value(); }));
    EXPECT_TRUE(entry(key_of(one))) << amount;
  }
}

}  // namespace
}  // namespace klingtext
