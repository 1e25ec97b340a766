// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/clip.h"

#include <atomic>
#include <random>
#include <thread>

#include "support/fake_mp4.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

using Amount = Clip::Amount;
constexpr auto kNever = [] { return false; };

class ClipTest : public test::StoreFixture {
 protected:
  // A growing clip of `length` bytes.
  void grow(std::uint64_t length) {
    auto part = ClipFile::open_part(store_, test::key_of('a'));
    ASSERT_TRUE(part.ok());
    clip_.attach(*part, Clip::Fill::growing);
    ASSERT_TRUE(*clip_.restart(Pin{length, "\"v\""}));
  }
  std::string read(std::uint64_t offset, std::size_t size, Amount amount = Amount::all) {
    std::string bytes(size, '?');
    const auto got = clip_.read_at(offset, bytes, amount, kNever);
    EXPECT_TRUE(got.ok());
    bytes.resize(got.ok() ? *got : 0);
    return bytes;
  }
  // Waits until a reader waits for this offset: the filling loop is asked to begin there.
  void await_reader_at(std::uint64_t offset) {
    while (true) {
      const auto gap = clip_.next_gap();
      if (gap && gap->begin == offset) return;
      std::this_thread::yield();
    }
  }
  Clip clip_;
};

TEST_F(ClipTest, GivesWhatIsThere) {
  grow(10);
  ASSERT_TRUE(clip_.write("0123456789", 0).ok());
  EXPECT_EQ(read(0, 10), "0123456789");
  EXPECT_EQ(read(3, 4), "3456");
  EXPECT_EQ(clip_.length(), 10U);
}

TEST_F(ClipTest, GivesLessOnlyAtItsEnd) {
  grow(10);
  ASSERT_TRUE(clip_.write("0123456789", 0).ok());
  EXPECT_EQ(read(8, 100), "89");
  EXPECT_EQ(read(10, 100), "");
  EXPECT_EQ(read(1000, 100), "");
}

TEST_F(ClipTest, IsReadTheSameOnceItIsSettled) {
  grow(10);
  ASSERT_TRUE(clip_.write("0123456789", 0).ok());
  clip_.settle();
  EXPECT_TRUE(clip_.is_whole());
  EXPECT_EQ(clip_.length(), 10U);
  EXPECT_EQ(read(0, 10), "0123456789");
  EXPECT_EQ(read(3, 4), "3456");
  EXPECT_EQ(read(8, 100), "89");
  EXPECT_EQ(read(10, 100), "");
  EXPECT_EQ(read(1000, 100, Amount::any), "");
  EXPECT_EQ(read(3, 0), "");
  std::string bytes(3, '?');
  EXPECT_TRUE(clip_.read_at(0, bytes, Amount::all, [] { return true; }).stopped());
}

TEST_F(ClipTest, IsNotWholeBecauseItIsSettled) {
  grow(10);
  ASSERT_TRUE(clip_.write("01234", 0).ok());
  clip_.fail({.kind = ErrorKind::store, .message = "The disk is full."});
  clip_.settle();
  EXPECT_FALSE(clip_.is_whole());
  EXPECT_EQ(read(0, 5), "01234");
  std::string bytes(3, '?');
  EXPECT_TRUE(clip_.read_at(5, bytes, Amount::any, kNever).failed());
}

TEST_F(ClipTest, GivesAnyBytesAtOnceWhereThatIsEnough) {
  grow(10);
  ASSERT_TRUE(clip_.write("012", 0).ok());
  EXPECT_EQ(read(1, 100, Amount::any), "12");
}

TEST_F(ClipTest, MakesAReaderWaitForAllItAskedFor) {
  grow(10);
  ASSERT_TRUE(clip_.write("012", 0).ok());
  std::string bytes;
  std::jthread reader([&] { bytes = read(1, 5); });
  await_reader_at(3);
  ASSERT_TRUE(clip_.write("345", 3).ok());
  reader.join();
  EXPECT_EQ(bytes, "12345");
}

TEST_F(ClipTest, LetsTheFillingLoopRestUntilAReaderWaits) {
  grow(10);
  std::jthread reader([&] { read(5, 5); });
  clip_.wait_for_reader({}, std::chrono::steady_clock::time_point::max());
  EXPECT_EQ(clip_.next_gap()->begin, 5U);
  ASSERT_TRUE(clip_.write("0123456789", 0).ok());
}

TEST_F(ClipTest, LetsTheFillingLoopRestNoLongerThanItsDeadlineOrItsStop) {
  grow(10);
  clip_.wait_for_reader({}, std::chrono::steady_clock::now());
  std::stop_source stop;
  stop.request_stop();
  clip_.wait_for_reader(stop.get_token(), std::chrono::steady_clock::time_point::max());
}

TEST_F(ClipTest, MakesAReaderWaitBeforeThereIsAnything) {
  std::string bytes;
  std::jthread reader([&] { bytes = read(0, 3); });
  grow(3);
  ASSERT_TRUE(clip_.write("abc", 0).ok());
  reader.join();
  EXPECT_EQ(bytes, "abc");
}

TEST_F(ClipTest, EndsAReadersWaitBehindAnEndThatBecomesKnown) {
  grow(0);
  ASSERT_TRUE(clip_.write("abc", 0).ok());
  std::string bytes = "?";
  std::jthread reader([&] { bytes = read(3, 5); });
  clip_.set_length(3);
  reader.join();
  EXPECT_EQ(bytes, "");
}

TEST_F(ClipTest, LetsAnInterruptedReaderGo) {
  grow(10);
  std::atomic<bool> interrupted = false;
  std::string bytes(5, '?');
  std::jthread reader([&] {
    const auto got = clip_.read_at(0, bytes, Amount::all, [&] { return interrupted.load(); });
    EXPECT_TRUE(got.stopped());
  });
  interrupted = true;
  clip_.wake_readers();
}

TEST_F(ClipTest, InterruptsEvenAReaderWhoseBytesAreThere) {
  grow(3);
  ASSERT_TRUE(clip_.write("abc", 0).ok());
  std::string bytes(3, '?');
  EXPECT_TRUE(clip_.read_at(0, bytes, Amount::all, [] { return true; }).stopped());
}

TEST_F(ClipTest, FailsAReaderOnlyWhereNothingIsLeftToRead) {
  grow(10);
  ASSERT_TRUE(clip_.write("01234", 0).ok());
  clip_.fail(Error{.kind = ErrorKind::cannot_read, .message = "first"});
  clip_.fail(Error{.kind = ErrorKind::cannot_read, .message = "second"});
  EXPECT_EQ(read(0, 5), "01234");
  EXPECT_EQ(read(3, 5, Amount::any), "34");
  std::string bytes(5, '?');
  for (const Amount amount : {Amount::all, Amount::any}) {
    const auto got = clip_.read_at(5, bytes, amount, kNever);
    ASSERT_TRUE(got.failed());
    EXPECT_EQ(got.error().message, "first");
  }
}

TEST_F(ClipTest, FailsAReaderThatWaits) {
  grow(10);
  std::string bytes(5, '?');
  std::jthread reader([&] { EXPECT_TRUE(clip_.read_at(4, bytes, Amount::all, kNever).failed()); });
  await_reader_at(4);
  clip_.fail(Error{.message = "gone"});
}

TEST_F(ClipTest, IsStillAtItsEndAfterAFailure) {
  grow(3);
  ASSERT_TRUE(clip_.write("abc", 0).ok());
  clip_.fail(Error{.message = "the journal is full"});
  EXPECT_EQ(read(3, 5), "");
}

TEST_F(ClipTest, AsksForWhatTheLongestWaitingReaderWaitsFor) {
  grow(100);
  ASSERT_TRUE(clip_.write(std::string(10, 'x'), 0).ok());
  EXPECT_EQ(clip_.next_gap()->begin, 10U);
  std::jthread first([&] { (void)read(50, 10); });
  await_reader_at(50);
  std::jthread second([&] { (void)read(80, 10); });
  ASSERT_TRUE(clip_.write(std::string(10, 'x'), 50).ok());
  first.join();
  await_reader_at(80);
  EXPECT_EQ(clip_.next_gap()->end, 100U);
  ASSERT_TRUE(clip_.write(std::string(20, 'x'), 80).ok());
  second.join();
  EXPECT_EQ(clip_.next_gap()->begin, 10U);
  EXPECT_EQ(clip_.next_gap()->end, 50U);
}

TEST_F(ClipTest, AsksForNothingOnceItIsWhole) {
  grow(4);
  ASSERT_TRUE(clip_.write("cd", 2).ok());
  EXPECT_EQ(clip_.next_gap()->end, 2U);
  ASSERT_TRUE(clip_.write("ab", 0).ok());
  EXPECT_FALSE(clip_.next_gap());
}

TEST_F(ClipTest, StartsOverAsLongAsNobodyReadAnything) {
  grow(4);
  ASSERT_TRUE(clip_.write("ab", 0).ok());
  ASSERT_TRUE(*clip_.restart(Pin{3, "\"w\""}));
  EXPECT_EQ(clip_.available_at(0), 0U);
  EXPECT_EQ(clip_.length(), 3U);
  ASSERT_TRUE(clip_.write("xyz", 0).ok());
  EXPECT_EQ(read(0, 10), "xyz");
  EXPECT_FALSE(*clip_.restart(std::nullopt)) << "now somebody has";
  EXPECT_EQ(read(0, 10), "xyz");
}

TEST_F(ClipTest, SaysSoWhenItsFileBecameShorter) {
  grow(10);
  ASSERT_TRUE(clip_.write("0123456789", 0).ok());
  std::filesystem::resize_file(file(test::key_of('a') + ".part"), 4);
  std::string bytes(3, '?');
  const auto got = clip_.read_at(6, bytes, Amount::all, kNever);
  ASSERT_TRUE(got.failed());
  EXPECT_EQ(got.error().kind, ErrorKind::cannot_read);
}

TEST_F(ClipTest, GivesManyReadersTheSameBytesWhileItGrows) {
  const std::string whole = test::fake_mp4({.size = 100000});
  grow(whole.size());
  std::vector<std::jthread> readers;
  for (unsigned seed = 0; seed < 6; ++seed) {
    readers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      std::string bytes(5000, '?');
      for (int i = 0; i < 50; ++i) {
        const std::uint64_t offset = random() % whole.size();
        const auto got =
            clip_.read_at(offset, bytes, seed % 2 == 0 ? Amount::all : Amount::any, kNever);
        ASSERT_TRUE(got.ok());
        ASSERT_EQ(bytes.substr(0, *got), whole.substr(offset, *got));
      }
    });
  }
  while (const auto gap = clip_.next_gap()) {
    const std::uint64_t size = std::min<std::uint64_t>(3000, gap->end - gap->begin);
    ASSERT_TRUE(clip_.write(std::string_view(whole).substr(gap->begin, size), gap->begin).ok());
  }
}

TEST_F(ClipTest, WaitingUntilSettledEndsWithTheFailure) {
  grow(8);
  clip_.fail(Error{.kind = ErrorKind::cannot_read, .message = "The disk is gone."});
  const Outcome settled = clip_.wait_until_settled(kNever);
  ASSERT_TRUE(settled.failed());
  EXPECT_EQ(settled.error().message, "The disk is gone.");
  EXPECT_TRUE(clip_.wait_until_settled([] { return true; }).stopped());
}

}  // namespace
}  // namespace klingtext
