// SPDX-License-Identifier: LGPL-2.1-or-later
// Which bytes of a growing clip are there, as a file tells it.
#include "store/part_log.h"

#include <fcntl.h>

#include "support/store_fixture.h"

namespace klingtext {
namespace {

using test::get;
using test::put;
using Ranges = std::map<std::uint64_t, std::uint64_t>;

constexpr std::uint64_t kWritten = 1000;

class PartLogTest : public testing::Test {
 protected:
  PartLog open() { return PartLog(UniqueFd(::open(path().c_str(), O_RDWR | O_CREAT, 0600))); }
  PartLog begun() {
    PartLog log = open();
    EXPECT_EQ(log.start(Pin{kWritten, "\"etag\""}), 0);
    return log;
  }
  Ranges found() {
    const auto content = open().read(kWritten);
    return content ? content->present.ranges() : Ranges();
  }
  std::string path() const { return dir_.file("log"); }
  std::string head() { return get(path()).substr(0, get(path()).find('\n') + 1); }

  test::TempDir dir_;
};

std::string record(std::string text) {
  text.resize(63, ' ');
  return text + '\n';
}

TEST_F(PartLogTest, KnowsThePinAndTheStretches) {
  PartLog log = begun();
  log.note({0, 100});
  log.note({500, 700});
  log.note({100, 200});
  const auto content = open().read(kWritten);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->pin.length, kWritten);
  EXPECT_EQ(content->pin.validator, "\"etag\"");
  EXPECT_EQ(content->present.ranges(), (Ranges{{0, 200}, {500, 700}}));
}

TEST_F(PartLogTest, HasOneRecordForAStretchThatGrows) {
  PartLog log = begun();
  const auto before = get(path()).size();
  for (std::uint64_t at = 0; at < kWritten; at += 10) log.note({at, at + 10});
  EXPECT_EQ(get(path()).size(), before + 64);
  EXPECT_EQ(found(), (Ranges{{0, kWritten}}));
}

TEST_F(PartLogTest, GoesOnBehindWhatAnEarlierRunLeft) {
  begun().note({0, 100});
  PartLog again = open();
  ASSERT_TRUE(again.read(kWritten));
  again.note({100, 150});
  again.note({400, 500});
  EXPECT_EQ(found(), (Ranges{{0, 150}, {400, 500}}));
}

TEST_F(PartLogTest, CountsNoRecordThatIsNotWhole) {
  PartLog log = begun();
  log.note({0, 100});
  log.note({500, 700});
  const std::string text = get(path());
  for (const std::size_t cut : {1U, 2U, 40U, 63U}) {
    put(path(), text.substr(0, text.size() - cut));
    EXPECT_EQ(found(), (Ranges{{0, 100}})) << cut;
  }
}

TEST_F(PartLogTest, CountsNoBytesBeyondTheFile) {
  PartLog log = begun();
  log.note({0, 100});
  log.note({200, kWritten});
  EXPECT_EQ(open().read(500)->present.ranges(), (Ranges{{0, 100}}));
}

TEST_F(PartLogTest, SkipsStretchesThatMakeNoSense) {
  begun();
  std::string log = head();
  for (const char* text : {"100 50", "0 2000", "10 10", "18446744073709551615 1", "200 300"}) {
    log += record(text);
  }
  put(path(), log);
  EXPECT_EQ(found(), (Ranges{{200, 300}}));
}

TEST_F(PartLogTest, EndsAtTheFirstRecordThatIsNone) {
  begun();
  const std::string top = head();
  for (const char* text : {"-5 90", "5", "", "5  90", "5 90 7", "99999999999999999999 5", "x"}) {
    put(path(), top + record("1 2") + record(text) + record("200 300"));
    EXPECT_EQ(found(), (Ranges{{1, 2}})) << text;
  }
}

TEST_F(PartLogTest, IsNoneOfAnotherBootOrShape) {
  begun();
  const std::string top = head();
  const auto of_boot = [](const std::string& boot, const std::string& length) {
    return record(R"({"version":1,"length":)" + length + R"(,"boot":")" + boot + "\"}");
  };
  EXPECT_TRUE(PartLog::parse(of_boot("b", "1000"), "b", kWritten));
  for (const std::string& text :
       {std::string(), std::string("garbage\n"), record("{}"), record("[]"),
        of_boot("other", "1000"), of_boot("b", "-5"), of_boot("b", "0"), of_boot("b", "\"1000\""),
        of_boot("b", "1000").substr(1), top.substr(0, top.size() - 1)}) {
    EXPECT_FALSE(PartLog::parse(text, "b", kWritten)) << text;
  }
}

TEST_F(PartLogTest, ForgetsAll) {
  PartLog log = begun();
  log.note({0, 100});
  log.forget();
  EXPECT_FALSE(open().read(kWritten));
}

}  // namespace
}  // namespace klingtext
