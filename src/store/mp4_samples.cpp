// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/mp4_samples.h"

#include <algorithm>

#include "store/mp4_reader.h"

namespace klingtext {
namespace {

using namespace mp4;

// Sizes of a track's samples in order: one for all, or a table of 4, 8, 16 or 32 bits each.
class SampleSizes {
 public:
  explicit SampleSizes(Bytes stbl) {
    if (const auto stsz = find_box(stbl, "stsz")) {
      Reader reader(*stsz);
      reader.skip(4);
      fixed_ = reader.u32();
      if (fixed_ > 0) {
        left_ = reader.u32();
      } else {
        table_ = table_of(reader, 4);
        left_ = table_.count;
      }
    } else if (const auto stz2 = find_box(stbl, "stz2")) {
      Reader reader(*stz2);
      reader.skip(7);
      bits_ = static_cast<unsigned>(reader.take(1));
      if (bits_ != 4 && bits_ != 8 && bits_ != 16) return;
      const std::uint64_t said = reader.u32();
      table_ = {reader.rest(), 0, 1};
      left_ = std::min<std::uint64_t>(said, reader.rest().size() * 8 / bits_);
    }
  }
  std::uint64_t left() const { return left_; }

  // The sum of the next `count`; never more than fits.
  std::uint64_t take(std::uint64_t count) {
    count = std::min(count, left_);
    left_ -= count;
    if (fixed_ > 0) return fixed_ * count;  // both are below 2^32
    std::uint64_t sum = 0;
    while (count-- > 0) sum += one(next_++);
    return sum;
  }

 private:
  std::uint64_t one(std::uint64_t index) const {
    if (bits_ == 32) return table_.at(index);
    if (bits_ == 16) return Reader(table_.entries.substr(index * 2)).take(2);
    const std::uint64_t byte = table_.at(bits_ == 8 ? index : index / 2, 0, 1);
    if (bits_ == 8) return byte;
    return index % 2 == 0 ? byte >> 4U : byte & 0xfU;
  }

  std::uint64_t fixed_ = 0;
  unsigned bits_ = 32;
  Table table_;
  std::uint64_t left_ = 0;
  std::uint64_t next_ = 0;
};

Mp4Samples samples_of_track(Bytes stbl, std::uint64_t length, bool& has_samples) {
  SampleSizes sizes(stbl);
  if (sizes.left() == 0) return Mp4Samples::inside;
  has_samples = true;
  const auto wide = find_box(stbl, "co64");
  const auto narrow = wide ? wide : find_box(stbl, "stco");
  const auto stsc = find_box(stbl, "stsc");
  if (!narrow || !stsc) return Mp4Samples::unclear;
  Reader chunk_reader(*narrow);
  chunk_reader.skip(4);
  const Table chunks = table_of(chunk_reader, wide ? 8 : 4);
  Reader run_reader(*stsc);
  run_reader.skip(4);
  const Table runs = table_of(run_reader, 12);
  if (runs.count == 0) return Mp4Samples::unclear;
  std::uint64_t run = 0;
  for (std::uint64_t chunk = 0; chunk < chunks.count && sizes.left() > 0; ++chunk) {
    while (run + 1 < runs.count && runs.at(run + 1) <= chunk + 1) ++run;
    const std::uint64_t size = sizes.take(runs.at(run, 4));
    const std::uint64_t offset = chunks.at(chunk, 0, chunks.entry);
    if (!lies_inside(offset, size, length)) return Mp4Samples::beyond;
  }
  return sizes.left() == 0 ? Mp4Samples::inside : Mp4Samples::unclear;
}

}  // namespace

Mp4Index read_mp4_index(std::string_view moov, std::uint64_t length) {
  Mp4Index index;
  for_each_box(moov, [&](const Box& box) {
    if (box.type != "trak") return;
    const auto stbl = find_box(box.content, {"mdia", "minf", "stbl"});
    keep_worst(index.samples,
               stbl ? samples_of_track(*stbl, length, index.has_samples) : Mp4Samples::unclear);
  });
  return index;
}

std::optional<std::uint64_t> bytes_behind_segment_index(std::string_view sidx) {
  Reader reader(sidx);
  const std::size_t width = reader.u32() >> 24U == 0 ? 4 : 8;
  reader.skip(8 + width);  // reference id, time scale, earliest time
  std::uint64_t bytes = reader.take(width);
  reader.skip(2);
  const std::uint64_t count = reader.take(2);
  for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
    bytes += reader.u32() & 0x7fffffffU;
    reader.skip(8);
  }
  return reader.failed() ? std::nullopt : std::optional(bytes);
}

}  // namespace klingtext
