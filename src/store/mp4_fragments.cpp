// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/mp4_fragments.h"

#include <algorithm>

#include "store/mp4_reader.h"

namespace klingtext {
namespace {

using namespace mp4;

// Muxers round the durations that they declare, and some leave the last sample out.
constexpr double kTolerance = 0.1;  // seconds

// Of a mvhd or mdhd box.
std::uint32_t timescale_in(Bytes header) {
  Reader reader(header);
  const std::size_t width = reader.version() == 0 ? 4 : 8;
  reader.skip(2 * width);  // times of creation and change
  return reader.u32();
}

std::uint32_t track_id_in(Bytes tkhd) {
  Reader reader(tkhd);
  const std::size_t width = reader.version() == 0 ? 4 : 8;
  reader.skip(2 * width);
  return reader.u32();
}

// The sum of a track's sample durations.
std::uint64_t duration_in(Bytes stts) {
  Reader reader(stts);
  reader.skip(4);
  const Table runs = table_of(reader, 8);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < runs.count; ++i) sum += runs.at(i) * runs.at(i, 4);
  return sum;
}

// The sum of the edits that show nothing, in units of the movie's timescale.
std::uint64_t empty_edits_in(Bytes elst) {
  Reader reader(elst);
  const std::size_t width = reader.version() == 0 ? 4 : 8;
  const std::uint64_t nowhere = width == 4 ? 0xffffffffU : ~std::uint64_t{0};
  const Table edits = table_of(reader, 2 * width + 4);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < edits.count; ++i) {
    if (edits.at(i, width, width) == nowhere) sum += edits.at(i, 0, width);
  }
  return sum;
}

double seconds(std::uint64_t time, std::uint32_t timescale) {
  return timescale == 0 ? 0 : static_cast<double>(time) / timescale;
}

}  // namespace

// One traf box. `end` is where the data of the one before ended.
class Mp4Fragments::OneFragment {
 public:
  OneFragment(Bytes tfhd, std::uint64_t moof, std::uint64_t end,
              std::map<std::uint32_t, Track>& tracks) {
    Reader reader(tfhd);
    const std::uint64_t flags = reader.u32() & 0xffffffU;
    const std::uint32_t id = reader.u32();
    const auto known = tracks.find(id);
    if (known != tracks.end()) track_ = &known->second;
    base_ = (flags & 0x020000U) != 0 ? moof : end;
    if ((flags & 0x1U) != 0) base_ = reader.take(8);
    reader.skip((flags & 0x2U) != 0 ? 4 : 0);
    if (track_ != nullptr) {
      default_duration_ = track_->default_duration;
      default_size_ = track_->default_size;
    }
    if ((flags & 0x8U) != 0) default_duration_ = reader.u32();
    if ((flags & 0x10U) != 0) default_size_ = reader.u32();
    end_ = base_;
  }

  void begin_at(Bytes tfdt) {
    if (track_ == nullptr) return;
    Reader reader(tfdt);
    const std::size_t width = reader.version() == 0 ? 4 : 8;
    track_->end = std::max(track_->end, reader.take(width));
  }

  Mp4Samples add_run(Bytes trun, std::uint64_t length) {
    Reader reader(trun);
    const std::uint64_t flags = reader.u32() & 0xffffffU;
    const std::uint64_t count = reader.u32();
    std::uint64_t begin = end_;
    // Signed, and modulo 2^64 as it may come from below the base.
    if ((flags & 0x1U) != 0)
      begin =
          base_ + static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(reader.u32())});
    reader.skip((flags & 0x4U) != 0 ? 4 : 0);
    const bool has_durations = (flags & 0x100U) != 0;
    const bool has_sizes = (flags & 0x200U) != 0;
    const std::size_t before = has_durations ? 4 : 0;
    const std::size_t entry = before + (has_sizes ? 4 : 0) + ((flags & 0x400U) != 0 ? 4 : 0) +
                              ((flags & 0x800U) != 0 ? 4 : 0);
    if (entry > 0 && reader.rest().size() / entry < count) return Mp4Samples::unclear;
    const Table samples{reader.rest(), count, std::max<std::size_t>(entry, 1)};
    const std::uint64_t size = has_sizes ? sum_of(samples, before) : default_size_ * count;
    add_time(count, has_durations ? sum_of(samples, 0) : default_duration_ * count);
    if (reader.failed()) return Mp4Samples::unclear;
    if (!lies_inside(begin, size, length)) return Mp4Samples::beyond;
    end_ = begin + size;
    return Mp4Samples::inside;
  }
  std::uint64_t end() const { return end_; }

 private:
  static std::uint64_t sum_of(const Table& samples, std::size_t offset) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < samples.count; ++i) sum += samples.at(i, offset);
    return sum;
  }

  void add_time(std::uint64_t count, std::uint64_t duration) {
    if (track_ == nullptr) return;
    track_->has_unknown_durations |= count > 0 && duration == 0;
    track_->total += duration;
    track_->end += duration;
  }

  Track* track_ = nullptr;
  std::uint64_t base_ = 0;
  std::uint64_t default_size_ = 0;
  std::uint64_t default_duration_ = 0;
  std::uint64_t end_ = 0;
};

void Mp4Fragments::read_track(std::string_view trak, std::uint32_t movie_timescale) {
  const auto tkhd = find_box(trak, "tkhd");
  const auto mdhd = find_box(trak, {"mdia", "mdhd"});
  if (!tkhd) return;
  Track& track = tracks_[track_id_in(*tkhd)];
  if (mdhd) track.timescale = timescale_in(*mdhd);
  if (const auto stts = find_box(trak, {"mdia", "minf", "stbl", "stts"})) {
    track.total = duration_in(*stts);
    track.end = track.total;
  }
  if (const auto elst = find_box(trak, {"edts", "elst"})) {
    track.delay = seconds(empty_edits_in(*elst), movie_timescale);
  }
}

void Mp4Fragments::read_index(std::string_view moov) {
  const auto mvhd = find_box(moov, "mvhd");
  const std::uint32_t timescale = mvhd ? timescale_in(*mvhd) : 0;
  for_each_box(moov, [&](const Box& box) {
    if (box.type == "trak") read_track(box.content, timescale);
  });
  const auto mvex = find_box(moov, "mvex");
  if (!mvex) return;
  for_each_box(*mvex, [&](const Box& box) {
    Reader reader(box.content);
    const unsigned version = reader.version();
    if (box.type == "mehd") promised_ = seconds(reader.take(version == 0 ? 4 : 8), timescale);
    if (box.type != "trex") return;
    Track& track = tracks_[reader.u32()];
    reader.skip(4);
    track.default_duration = reader.u32();
    track.default_size = reader.u32();
  });
}

Mp4Samples Mp4Fragments::add(std::string_view moof, std::uint64_t at, std::uint64_t length) {
  Mp4Samples worst = Mp4Samples::inside;
  std::uint64_t end = at;
  for_each_box(moof, [&](const Box& traf) {
    if (traf.type != "traf") return;
    const auto tfhd = find_box(traf.content, "tfhd");
    if (!tfhd) return keep_worst(worst, Mp4Samples::unclear);
    OneFragment fragment(*tfhd, at, end, tracks_);
    for_each_box(traf.content, [&](const Box& box) {
      if (box.type == "tfdt") fragment.begin_at(box.content);
      if (box.type == "trun") keep_worst(worst, fragment.add_run(box.content, length));
    });
    end = fragment.end();
  });
  return worst;
}

bool Mp4Fragments::are_missing() const {
  double reached = 0;
  for (const auto& [id, track] : tracks_) {
    if (track.timescale == 0 || track.has_unknown_durations) return false;
    reached =
        std::max(reached, track.delay + seconds(std::max(track.total, track.end), track.timescale));
  }
  return reached + kTolerance < promised_;
}

}  // namespace klingtext
