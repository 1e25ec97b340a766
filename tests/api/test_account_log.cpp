// SPDX-License-Identifier: LGPL-2.1-or-later
// The reader of the account's log: bounded, and total for any bytes.
#include "api/account_log.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/service_fixture.h"

namespace klingtext {
namespace {

using test::Answer;
using test::Script;
using test::ScriptedService;
using Kind = AccountAnswer::Kind;

const std::string kKey(64, 'a');
const std::string kId = "klingtext:" + kKey + ":0123456789abcdef";

std::string row(const std::string& client_request_id, const std::string& generation,
                const std::string& status = "succeeded") {
  return R"({"created":"2026-07-02T03:04:05.000Z","status":")" + status +
         R"(","origin":"api","model":"m","cost":)" +
         (status == "failed" ? R"({"usd":0,"credits":0})" : R"({"usd":0.25,"credits":500000})") +
         R"(,"tokens":{"n":1},)" + R"("request_id":null,"inference_id":)" + generation +
         R"(,"client_request_id":)" + client_request_id + "}";
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string page(const std::string& rows, const char* more = "false") {
  return R"({"data":[)" + rows + R"(],"pagination":{"limit":100,"offset":0,"total":1,"has_more":)" +
         more + "}}";
}

AccountFilter filter(const std::string& id = kId) {
  return {AccountFilter::Which::one, id, 1'780'000'000, 1'780'003'600};
}

std::vector<AccountRow> rows_of(const std::string& body, const AccountFilter& wanted = filter()) {
  const auto read = parse_account_page(body, wanted);
  EXPECT_TRUE(read) << body;
  return read ? read->rows : std::vector<AccountRow>();
}

TEST(AccountLog, ReadsARow) {
  const auto rows = rows_of(page(row(quoted(kId), R"("gen:1/a")")));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].client_request_id, kId);
  EXPECT_EQ(rows[0].generation_id, "gen:1/a");
  EXPECT_EQ(rows[0].status, AccountRow::Status::accepted);
  EXPECT_EQ(rows[0].created, 1782961445);
  EXPECT_EQ(rows[0].model, "m");
  EXPECT_EQ(rows[0].cost.usd_spent, 0.25);
  EXPECT_EQ(rows[0].cost.credits_used, 500000);
}

TEST(AccountLog, LeavesOutIdsThatAreOnlySimilar) {
  std::string upper = kId;
  upper[12] = 'A';
  for (const std::string& other : {kId + "0", kId.substr(0, kId.size() - 1), " " + kId, upper,
                                   "x" + kId, "klingtext:" + kKey + ":0123456789abcdee",
                                   std::string("klingtext-0123456789abcdef"), std::string()}) {
    EXPECT_TRUE(rows_of(page(row(quoted(other), R"("g")"))).empty()) << other;
  }
  EXPECT_TRUE(rows_of(page(row("null", R"("g")"))).empty());
}

TEST(AccountLog, TakesEveryIdOfOurFormWhenNoneIsNamed) {
  const std::string other = "klingtext:" + std::string(64, 'b') + ":ffffffffffffffff";
  const auto rows =
      rows_of(page(row(quoted(kId), R"("g")") + "," + row(quoted(other), "null", "failed") + "," +
                   row(R"("klingtext:rehearsal")", R"("g")") + "," +
                   row(quoted("klingtext:" + kKey + ":0123456789ABCDEF"), R"("g")")),
              {AccountFilter::Which::all, "", 1'780'000'000, 1'780'003'600});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].client_request_id, other);
  EXPECT_EQ(rows[1].status, AccountRow::Status::failed);
}

TEST(AccountLog, TakesOnlyTheDocumentedWordWithoutACostForAFailure) {
  using Status = AccountRow::Status;
  const auto status_of = [](const std::string& status, const std::string& cost) {
    const auto rows = rows_of(page(R"({"client_request_id":")" + kId + R"(","status":")" + status +
                                   R"(","inference_id":"g")" + cost + "}"));
    return rows.size() == 1 ? std::optional(rows[0].status) : std::nullopt;
  };
  for (const char* cost : {"", R"(,"cost":null)", R"(,"cost":{})",
                           R"(,"cost":{"usd":0,"credits":0.0})", R"(,"cost":{"usd":null})"}) {
    EXPECT_EQ(status_of("failed", cost), Status::failed) << cost;
    EXPECT_EQ(status_of("Failed ", cost), Status::failed) << cost;
    for (const char* word : {"timeout", "expired", "cancelled", "error", "rejected", "succeeded"}) {
      EXPECT_EQ(status_of(word, cost), Status::accepted) << word;
    }
  }
  for (const char* cost : {R"(,"cost":{"usd":0.7})", R"(,"cost":{"usd":0,"credits":1})",
                           R"(,"cost":{"usd":"0.7"})", R"(,"cost":[1])", R"(,"cost":0.7)"}) {
    EXPECT_EQ(status_of("failed", cost), Status::accepted) << cost;
  }
}

TEST(AccountLog, LeavesOutRowsWithMembersOfOtherTypes) {
  for (const std::string& odd :
       {std::string("1"), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"client_request_id":1,"status":"succeeded","inference_id":"g"})"),
        R"({"client_request_id":")" + kId + R"(","status":7,"inference_id":"g"})"}) {
    EXPECT_TRUE(rows_of(page(odd)).empty()) << odd;
    EXPECT_EQ(rows_of(page(odd + "," + row(quoted(kId), R"("g")"))).size(), 1U) << odd;
  }
  const auto rows = rows_of(page(R"({"client_request_id":")" + kId +
                                 R"(","status":"succeeded","inference_id":"g","created":7,)" +
                                 R"("cost":{"usd":"1","credits":-5},"model":["m"]})"));
  ASSERT_EQ(rows.size(), 1U) << "what is not needed may be odd";
  EXPECT_EQ(rows[0].created, 0);
  EXPECT_FALSE(rows[0].cost.usd_spent);
  EXPECT_FALSE(rows[0].cost.credits_used);
}

TEST(AccountLog, KeepsARowWithoutAUsableGenerationId) {
  const std::string huge = quoted(std::string(2000, 'i'));
  for (const std::string& id :
       {std::string("null"), std::string(R"(["g"])"), std::string(R"("a\nb")"),
        std::string(R"("")"), std::string("7.5"), std::string("true"), huge}) {
    const auto rows = rows_of(page(row(quoted(kId), id)));
    ASSERT_EQ(rows.size(), 1U) << id;
    EXPECT_EQ(rows[0].generation_id, "") << id;
    EXPECT_EQ(rows[0].status, AccountRow::Status::accepted);
  }
  EXPECT_EQ(rows_of(page(row(quoted(kId), "1234567"))).at(0).generation_id, "1234567");
}

TEST(AccountLog, MatchesNothingByAnEmptyId) {
  EXPECT_TRUE(
      rows_of(page(row(quoted(kId), R"("g")") + "," + row(R"("")", R"("g")")), filter("")).empty());
}

TEST(AccountLog, IsNoPageWithoutAListOfRows) {
  for (const char* body : {"", "null", "[]", "{}", R"({"data":{}})", R"({"data":null})", "<html>",
                           R"({"data":[])", R"({"data":"rows"})"}) {
    EXPECT_FALSE(parse_account_page(body, filter())) << body;
  }
  EXPECT_FALSE(parse_account_page(R"({"data":[]})", filter())->has_more);
  EXPECT_FALSE(
      parse_account_page(R"({"data":[],"pagination":{"has_more":"yes"}})", filter())->has_more);
}

TEST(AccountLog, TellsTheRequestKeyOfAnId) {
  EXPECT_EQ(request_key_in(kId), kKey);
  EXPECT_EQ(request_key_in(make_client_request_id(kKey)), kKey);
  EXPECT_NE(make_client_request_id(kKey), make_client_request_id(kKey));
  for (const std::string& other : {std::string(), kKey, std::string("klingtext:"),
                                   "klingtext:" + kKey + "-0123456789abcdef", kId + "\n"}) {
    EXPECT_EQ(request_key_in(other), "") << other;
  }
}

class AccountLogCalls : public testing::Test {
 protected:
  AccountLogCalls() { set_rows({}); }
  void set_rows(std::vector<std::string> rows) {
    Script script;
    script.log = Script::Log::present;
    script.log_rows = std::move(rows);
    service_.set_script(script);
  }
  AccountAnswer read(AccountLimits limits = {}, AccountFilter wanted = filter()) {
    ApiClient client(test::service_at(service_.base_url()));
    const auto get = [&](const std::string& path, Seconds within, const std::stop_token& stop) {
      return client.get(path, within, stop);
    };
    const auto answer = read_account_log(get, wanted, limits, {});
    EXPECT_TRUE(answer.ok());
    return answer.ok() ? *answer : AccountAnswer{};
  }
  static std::vector<std::string> foreign(std::size_t count) {
    return std::vector<std::string>(count, row(R"("someone-else")", R"("g")"));
  }

  ScriptedService service_;
};

TEST_F(AccountLogCalls, AsksForTheWindowWithTheKey) {
  EXPECT_EQ(read().kind, Kind::whole);
  const auto asked = service_.requests().at(0);
  EXPECT_EQ(asked.method, "GET");
  EXPECT_EQ(asked.path(), "/v2/logs");
  EXPECT_EQ(asked.query("start"), "2026-05-28T20:26:40Z");
  EXPECT_EQ(asked.query("end"), "2026-05-28T21:26:40Z");
  EXPECT_EQ(asked.query("limit"), "100");
  EXPECT_FALSE(asked.query("period"));
  EXPECT_EQ(asked.header("Authorization"), std::string("Bearer ") + test::kSecretKey);
}

TEST_F(AccountLogCalls, FollowsPages) {
  auto rows = foreign(350);
  rows[349] = row(quoted(kId), R"("gen:1")");
  set_rows(rows);
  const AccountAnswer answer = read();
  EXPECT_EQ(answer.kind, Kind::whole);
  ASSERT_EQ(answer.rows.size(), 1U);
  EXPECT_EQ(answer.rows[0].generation_id, "gen:1");
  EXPECT_EQ(service_.logs(), 4U);
}

TEST_F(AccountLogCalls, FollowsPagesThatDoNotSayWhetherThereAreMore) {
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += row(R"("someone-else")", R"("g")") + ",";
  rows.pop_back();
  const std::string last = row(quoted(kId), R"("gen:1")");
  service_.on_log({Answer::json(R"({"data":[)" + rows + "]}"),
                   Answer::json(R"({"data":[)" + last + R"(],"pagination":{"total":102}})"),
                   Answer::json(R"({"data":[)" + last + "]}")});
  const AccountAnswer answer = read();
  EXPECT_EQ(answer.kind, Kind::whole);
  EXPECT_EQ(answer.rows.size(), 2U);
  EXPECT_EQ(service_.logs(), 3U);
}

TEST_F(AccountLogCalls, IsNotWholeWithAnEmptyPageOrTooManyRows) {
  service_.on_log({Answer::json(page("", "true"))});
  EXPECT_EQ(read().kind, Kind::cut);
  std::string rows = "0";
  for (int i = 0; i < 1000; ++i) rows += ",0";
  service_.on_log({Answer::json(page(rows))});
  EXPECT_EQ(read().kind, Kind::cut);
  EXPECT_EQ(service_.logs(), 2U);
}

TEST_F(AccountLogCalls, EndsAfterTenCalls) {
  set_rows(foreign(5000));
  EXPECT_EQ(read().kind, Kind::cut);
  EXPECT_EQ(service_.logs(), 10U);
}

TEST_F(AccountLogCalls, RepeatsWhatIsBusyAndObeysRetryAfter) {
  service_.on_log({Answer::status(429).header("Retry-After", "0"),
                   Answer::status(503).header("Retry-After", "0")});
  EXPECT_EQ(read().kind, Kind::whole);
  EXPECT_EQ(service_.logs(), 3U);
  service_.always_on_log(Answer::status(429).header("Retry-After", "0"));
  const AccountAnswer busy = read();
  EXPECT_EQ(busy.kind, Kind::busy);
  EXPECT_EQ(busy.retry_after, Seconds(0));
  EXPECT_EQ(busy.why, "HTTP 429");
  EXPECT_EQ(service_.logs(), 6U);
  service_.always_on_log(Answer::status(429).header("Retry-After", "3600"));
  EXPECT_EQ(read().kind, Kind::busy) << "later than it may take";
  EXPECT_EQ(service_.logs(), 7U);
}

TEST_F(AccountLogCalls, EndsAtOnceWhereItIsRefused) {
  unsigned calls = 0;
  for (const Answer& answer :
       {Answer::status(400), Answer::status(401), Answer::status(403), Answer::status(404),
        Answer::redirect("http://127.0.0.1:1/v2/logs"), Answer::body("<html>", "text/html"),
        Answer::json("{}"), Answer::json(R"({"data":[)" + std::string(600'000, ' ') + "]}")}) {
    service_.on_log({answer});
    EXPECT_EQ(read().kind, Kind::refused);
    EXPECT_EQ(service_.logs(), ++calls);
  }
}

TEST_F(AccountLogCalls, EndsInTime) {
  service_.always_on_log(Answer::normal().hold());
  EXPECT_EQ(read({10, Seconds(0.2)}).kind, Kind::busy);
}

}  // namespace
}  // namespace klingtext
