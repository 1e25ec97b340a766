// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/edl.h"

#include <glib.h>

#include <array>
#include <cstdio>

#include "base/glib_ptr.h"
#include "base/text.h"
#include "storyboard/timecode.h"

namespace klingtext {
namespace {

constexpr std::size_t kTitleShown = 60;  // characters
constexpr const char* kFileReel = "AX";  // no tape: the comment names the file
constexpr const char* kBlackReel = "BL";

class EdlWriter {
 public:
  EdlWriter(const std::string& title, const Rate& rate) : rate_(rate) {
    text_ = "TITLE: " + one_line(title, kTitleShown) +
            "\nFCM: " + (is_drop_frame(rate) ? "DROP FRAME" : "NON-DROP FRAME") + "\n\n";
  }

  // `end`: where the next shot begins to cover it.
  void add(const Edit& edit, const Edit* before, Frames end) {
    ++event_;
    if (edit.dissolve > 0 && before != nullptr) {
      const Frames at = before->cut.in + edit.cut.start - before->cut.start;
      line(*before, "C", at, edit.cut.start, 0);
      std::array<char, 16> kind{};
      std::snprintf(kind.data(), kind.size(), "D    %03d", static_cast<int>(edit.dissolve));
      line(edit, kind.data(), edit.cut.in, edit.cut.start, end - edit.cut.start);
      text_ +=
          "* FROM CLIP NAME: " + name_of(*before) + "\n* TO CLIP NAME: " + name_of(edit) + '\n';
    } else {
      line(edit, "C", edit.cut.in, edit.cut.start, end - edit.cut.start);
      text_ += "* FROM CLIP NAME: " + name_of(edit) + '\n';
    }
    if (!edit.clip.empty()) text_ += "* SOURCE FILE: " + edit.clip + '\n';
    text_ +=
        "* SHOT " + std::to_string(edit.number) + ": " + one_line(edit.prompt, kTitleShown) + '\n';
  }

  std::string take() { return std::move(text_); }

 private:
  static std::string name_of(const Edit& edit) {
    if (edit.clip.empty()) return "SHOT " + std::to_string(edit.number) + " IS MISSING";
    const GCharPtr name(g_path_get_basename(edit.clip.c_str()));
    return name.get();
  }

  void line(const Edit& edit, const char* kind, Frames in, Frames at, Frames length) {
    if (edit.clip.empty()) in = 0;
    std::array<char, 128> text{};
    std::snprintf(text.data(), text.size(), "%03d  %-8s %-5s %-8s %s %s %s %s\n", event_,
                  edit.clip.empty() ? kBlackReel : kFileReel,
                  edit.sound && !edit.clip.empty() ? "AA/V" : "V", kind,
                  timecode(in, rate_).c_str(), timecode(in + length, rate_).c_str(),
                  timecode(at, rate_).c_str(), timecode(at + length, rate_).c_str());
    text_ += text.data();
  }

  Rate rate_;
  int event_ = 0;
  std::string text_;
};

}  // namespace

std::string edl_of(const std::string& title, const std::vector<Edit>& edits, const Rate& rate) {
  EdlWriter writer(title, rate);
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const bool last = i + 1 == edits.size();
    const Frames end = last ? edits[i].cut.start + edits[i].cut.length : edits[i + 1].cut.start;
    writer.add(edits[i], i == 0 ? nullptr : &edits[i - 1], end);
  }
  return writer.take();
}

}  // namespace klingtext
