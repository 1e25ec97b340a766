// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/mp4_boxes.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>

#include "store/mp4_fragments.h"
#include "store/mp4_reader.h"
#include "store/mp4_samples.h"

namespace klingtext {
namespace {

// What stands at the top of a file. The first three rows may begin one.
constexpr std::array<std::string_view, 24> kTopLevel{
    "ftyp", "styp", "pdin", "moov", "moof", "mdat", "meta", "free", "skip", "wide", "pnot", "PICT",
    "uuid", "sidx", "ssix", "prft", "emsg", "udta", "junk", "imda", "jumb", "mfra", "meco", "prfl"};

// More boxes, and larger ones of those that are read whole, than any writer makes: bounds the work
// for a hostile file.
constexpr int kMaxBoxes = 100000;
constexpr std::uint64_t kMaxIndex = 64 << 20;  // bytes
constexpr std::uint64_t kMaxFragmentIndex = 4 << 20;

bool is_top_level(std::string_view type) {
  return std::find(kTopLevel.begin(), kTopLevel.end(), type) != kTopLevel.end();
}

std::optional<std::string> read_exactly(int fd, std::uint64_t at, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = pread(fd, bytes.data() + have, size - have, static_cast<off_t>(at + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

struct TopBox {
  std::string type;
  std::uint64_t at = 0;
  std::uint64_t head = 8;
  std::uint64_t size = 0;  // head included
  bool is_open = false;    // "to the end of the file"
};

// Goes over the boxes at the top, and reads those that tell where samples are.
class Walk {
 public:
  Walk(int fd, std::uint64_t length) : fd_(fd), length_(length) {}

  Mp4State state() {
    std::uint64_t at = 0;
    for (int boxes = 0; length_ - at >= 8; ++boxes) {
      if (boxes == kMaxBoxes) return Mp4State::unclear;
      const auto box = box_at(at);
      // Anything may stand behind the last box.
      if (!box) break;
      if (box->size > length_ - at) return Mp4State::cut;
      if (!look_at(*box)) return Mp4State::unclear;
      at += box->size;
    }
    if (samples_ == Mp4Samples::beyond || fragments_.are_missing()) return Mp4State::cut;
    if (!has_index_ || !has_data_) return Mp4State::unclear;
    // An open box ends where the connection did: samples have to show that this was its end. Other
    // boxes that end with the file are not cut, whatever their tables say.
    const bool is_shown = samples_ == Mp4Samples::inside && has_samples_;
    const bool is_closed = !has_open_data_ && (at == length_ || samples_ == Mp4Samples::inside);
    return is_shown || is_closed ? Mp4State::whole : Mp4State::unclear;
  }

 private:
  std::optional<TopBox> box_at(std::uint64_t at) const {
    const auto head =
        read_exactly(fd_, at, static_cast<std::size_t>(std::min<std::uint64_t>(16, length_ - at)));
    if (!head) return std::nullopt;
    mp4::Reader reader(*head);
    TopBox box{head->substr(4, 4), at, 8, reader.u32(), false};
    if (!is_top_level(box.type) && at == 0) return std::nullopt;
    if (box.size == 1) {
      box.head = 16;
      reader.skip(4);
      box.size = head->size() < 16 ? length_ : reader.take(8);
    } else if (box.size == 0) {
      box.is_open = true;
      box.size = length_ - at;
    }
    const bool fits = box.size >= box.head && box.size <= length_ - at;
    // Of another type, it is no box where it does not fit.
    if (!is_top_level(box.type) && (!fits || box.is_open)) return std::nullopt;
    if (box.size < box.head) return std::nullopt;
    return box;
  }

  bool look_at(const TopBox& box) {
    if (box.type == "mdat" || box.type == "imda") {
      has_data_ = true;
      has_open_data_ |= box.is_open;
    } else if (box.type == "moov" && !has_index_) {
      const auto content = content_of(box, kMaxIndex);
      if (!content) return false;
      const Mp4Index index = read_mp4_index(*content, length_);
      has_index_ = true;
      has_samples_ |= index.has_samples;
      fragments_.read_index(*content);
      keep_worst(samples_, index.samples);
    } else if (box.type == "moof") {
      const auto content = content_of(box, kMaxFragmentIndex);
      if (!content) return false;
      has_samples_ = true;
      keep_worst(samples_, fragments_.add(*content, box.at, length_));
    } else if (box.type == "sidx") {
      const auto content = content_of(box, kMaxFragmentIndex);
      const auto behind = content ? bytes_behind_segment_index(*content) : std::nullopt;
      if (behind && *behind > length_ - box.at - box.size) keep_worst(samples_, Mp4Samples::beyond);
    }
    return true;
  }

  std::optional<std::string> content_of(const TopBox& box, std::uint64_t most) const {
    const std::uint64_t size = box.size - box.head;
    if (size > most) return std::nullopt;
    return read_exactly(fd_, box.at + box.head, static_cast<std::size_t>(size));
  }

  int fd_;
  std::uint64_t length_;
  bool has_index_ = false;
  bool has_data_ = false;
  bool has_open_data_ = false;
  bool has_samples_ = false;
  Mp4Fragments fragments_;
  Mp4Samples samples_ = Mp4Samples::inside;
};

}  // namespace

bool begins_like_mp4(std::string_view head) {
  return head.size() >= 8 && is_top_level(head.substr(4, 4));
}

Mp4State mp4_state(int fd, std::uint64_t length) {
  return Walk(fd, length).state();
}

}  // namespace klingtext
