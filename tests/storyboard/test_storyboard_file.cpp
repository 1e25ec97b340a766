// SPDX-License-Identifier: LGPL-2.1-or-later
// What may stand in a storyboard, and what is said about what may not.
#include "storyboard/storyboard_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "storyboard/cut_list.h"
#include "storyboard/order.h"
#include "support/temp_dir.h"

namespace klingtext {
namespace {

class StoryboardFileTest : public ::testing::Test {
 protected:
  // The values of extra-params are GStreamer's.
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }

  Result<Storyboard> read(const std::string& text) {
    const std::string path = folder_.file("board.toml");
    std::ofstream(path) << text;
    return read_storyboard(path);
  }
  // What is said about a text that is refused.
  std::string complaint(const std::string& text) {
    const auto board = read(text);
    EXPECT_TRUE(board.failed()) << text;
    return board.failed() ? board.error().message : "";
  }
  std::vector<Order> orders(const std::string& text) {
    const auto made = orders_of(*read(text), Terms{.rehearse = true, .store = folder_.string()});
    EXPECT_TRUE(made.ok());
    return made.ok() ? *made : std::vector<Order>();
  }

  test::TempDir folder_;
};

TEST_F(StoryboardFileTest, TakesEverythingItKnows) {
  const auto board = read(R"(
# A comment
[film]
size = "1280x720"
rate = "30000/1001"
[defaults]
model = "another/model"
generate-audio = false
transition = "dissolve"
[[shot]]
prompt = "One"
negative-prompt = "Two"
aspect-ratio = "9:16"
duration = 10
cfg-scale = 0.5
take = 3
generation-id = "an-id"
resubmit = "klingtext-1"
extra-params = { seed = 7, style = "noir", tags = ["a", "b"], fast = true, weight = 0.25 }
in = 1
out = 2.5
dissolve = 0.5
[[shot]]
prompt = """
Two
lines"""
generate-audio = true
transition = "cut"
)");
  ASSERT_TRUE(board.ok()) << board.error().message;
  EXPECT_EQ(board->film.width, 1280);
  EXPECT_EQ(board->film.height, 720);
  EXPECT_EQ(board->film.rate.numerator, 30000);
  EXPECT_EQ(board->film.rate.denominator, 1001);
  ASSERT_EQ(board->shots.size(), 2U);
  const Shot& one = board->shots[0];
  EXPECT_EQ(one.settings.model, "another/model");
  EXPECT_EQ(one.settings.prompt, "One");
  EXPECT_EQ(one.settings.negative_prompt, "Two");
  EXPECT_EQ(one.settings.aspect_ratio, AspectRatio::tall);
  EXPECT_EQ(one.settings.duration, 10);
  EXPECT_EQ(one.settings.cfg_scale, 0.5);
  EXPECT_EQ(one.settings.take, 3U);
  EXPECT_FALSE(one.settings.generate_audio);
  EXPECT_EQ(one.settings.generation_id, "an-id");
  EXPECT_EQ(one.settings.resubmit, "klingtext-1");
  EXPECT_EQ(one.in, 1);
  EXPECT_EQ(one.out, 2.5);
  EXPECT_EQ(one.transition, Transition::dissolve);
  EXPECT_EQ(one.dissolve, 0.5);
  EXPECT_EQ(board->shots[1].settings.prompt, "Two\nlines");
  EXPECT_TRUE(board->shots[1].settings.generate_audio);
  EXPECT_EQ(board->shots[1].transition, Transition::cut);
}

TEST_F(StoryboardFileTest, SendsWhatTheElementWouldSend) {
  const auto made = orders(R"(
[defaults]
aspect-ratio = "16:9"
[[shot]]
prompt = "One"
extra-params = { seed = 7, style = "noir", tags = ["a", "b"], fast = true, weight = 0.25 }
)");
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(request_body(made[0].spec.request),
            R"({"aspect_ratio":"16:9","duration":5,"fast":true,"generate_audio":true,)"
            R"("model":"klingai/video-v2-6-pro-text-to-video","prompt":"One","seed":7,)"
            R"("style":"noir","tags":["a","b"],"weight":0.25})");
  EXPECT_EQ(made[0].key, request_key(made[0].spec.request, "rehearsal"));
}

TEST_F(StoryboardFileTest, ChoosesTheSizeOfItsShots) {
  const auto size = [this](const std::string& ratios) {
    const auto board = read(ratios);
    return std::pair(board->film.width, board->film.height);
  };
  const std::string shot = "[[shot]]\nprompt=\"x\"\n";
  EXPECT_EQ(size(shot), std::pair(1920, 1080));
  EXPECT_EQ(size(shot + "aspect-ratio=\"9:16\""), std::pair(1080, 1920));
  EXPECT_EQ(size(shot + "aspect-ratio=\"1:1\""), std::pair(1080, 1080));
  EXPECT_EQ(size(shot + "aspect-ratio=\"1:1\"\n" + shot), std::pair(1920, 1080));
}

TEST_F(StoryboardFileTest, SaysWhereAndWhatInstead) {
  const std::string shot = "[[shot]]\nprompt = \"A raccoon\"\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "There is no shot"},
      {"shot = []", "There is no shot"},
      {"[[shot]]\nduration = 5", "line 1: shot 1 needs a prompt"},
      {shot + "promt = \"x\"", "line 3: shot 1 has no key \"promt\""},
      {shot + "prompt = \"twice\"", "line 3: "},
      {shot + "duration = \"5\"", "line 3: duration must be a whole number"},
      {shot + "duration = 5.5", "line 3: duration must be"},
      {shot + "take = 0", "line 3: take must be"},
      {shot + "aspect-ratio = \"4:3\"", "\"16:9\", \"9:16\" or \"1:1\""},
      {shot + "cfg-scale = nan", "cfg-scale must be a number from 0 to 1"},
      {shot + "generate-audio = 1", "generate-audio must be true or false"},
      {shot + "transition = \"wipe\"", "\"cut\" or \"dissolve\""},
      {shot + "in = 3\nout = 3", "shot 1 ends before it begins"},
      {shot + "out = 6", "shot 1 is 5 s long"},
      {shot + "in = 5", "shot 1 is 5 s long"},
      {shot + "extra-params = { a = { b = 1 } }", "extra-params must be a table of texts"},
      {shot + "extra-params = { a = [1, \"b\"] }", "extra-params must be a table of texts"},
      {shot + R"(extra-params = { a = "b\u0000c" })", "extra-params must be a table of texts"},
      {shot + R"(extra-params = { a = ["b\u0000c"] })", "extra-params must be a table of texts"},
      {shot + R"(extra-params = { "a\u0000b" = 1 })", "extra-params must be a table of texts"},
      {"[film]\nsize = \"641x360\"\n" + shot, "line 2: size must be"},
      {"[film]\nsize = \"640x360 \"\n" + shot, "size must be"},
      {"[film]\nrate = 0\n" + shot, "line 2: rate must be"},
      {"[film]\nrate = \"30/0\"\n" + shot, "rate must be"},
      {"[defaults]\nprompt = \"x\"\n" + shot, "[defaults] has no key \"prompt\""},
      {"[[shots]]\nprompt = \"x\"", "but no \"shots\""},
      {"[[shot]\nprompt = \"x\"", "line 1: "},
      {"\xff\xfe", "line 1: "},
  };
  for (const auto& [text, said] : cases) {
    EXPECT_NE(complaint(text).find(said), std::string::npos) << text << " → " << complaint(text);
    EXPECT_NE(complaint(text).find("board.toml: "), std::string::npos) << text;
  }
  EXPECT_NE(read_storyboard("/nowhere/board.toml").error().message.find("cannot be read"),
            std::string::npos);
}

TEST_F(StoryboardFileTest, JudgesEverySettingBeforeAnythingIsSent) {
  const auto board = read("[[shot]]\nprompt=\"x\"\n[[shot]]\nprompt=\"y\"\nduration = 7");
  ASSERT_TRUE(board.ok());
  const auto refused = orders_of(*board, {});
  ASSERT_TRUE(refused.failed());
  EXPECT_EQ(refused.error().message.rfind("shot 2: ", 0), 0U) << refused.error().message;
}

TEST_F(StoryboardFileTest, ADissolveNeedsRoom) {
  const std::string board =
      "[defaults]\nout = 1\ntransition = \"dissolve\"\ndissolve = 0.5\n"
      "[[shot]]\nprompt=\"1\"\n[[shot]]\nprompt=\"2\"\n";
  EXPECT_TRUE(check_dissolves(*read(board)).ok());
  const Outcome refused = check_dissolves(*read(board + "[[shot]]\nprompt=\"3\"\n"));
  ASSERT_TRUE(refused.failed());
  EXPECT_EQ(refused.error().message.rfind("shot 2 is too short", 0), 0U);
}

}  // namespace
}  // namespace klingtext
