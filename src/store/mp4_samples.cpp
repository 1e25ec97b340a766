// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/mp4_samples.h"

#include <algorithm>
#include <limits>

namespace klingtext {
namespace {

using Bytes = std::string_view;

// Reads big-endian numbers; zeros, and `failed`, behind the end.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  std::uint64_t take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8U | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(count);
    return value;
  }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  void skip(std::size_t count) {
    failed_ |= count > rest_.size();
    rest_.remove_prefix(std::min(count, rest_.size()));
  }
  bool failed() const { return failed_; }
  Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
  bool failed_ = false;
};

struct Box {
  Bytes type;
  Bytes content;
};

// The box that begins `bytes`, which it is taken off; nothing at their end or where it is damaged.
std::optional<Box> take_box(Bytes& bytes) {
  Reader reader(bytes);
  std::uint64_t size = reader.u32();
  std::size_t head = 8;
  reader.skip(4);
  if (size == 1) {
    size = reader.take(8);
    head = 16;
  } else if (size == 0) {
    size = bytes.size();
  }
  if (reader.failed() || size < head || size > bytes.size()) return std::nullopt;
  const Box box{bytes.substr(4, 4), bytes.substr(head, static_cast<std::size_t>(size) - head)};
  bytes.remove_prefix(static_cast<std::size_t>(size));
  return box;
}

template <typename Visit>
void for_each_box(Bytes bytes, Visit visit) {
  while (const auto box = take_box(bytes)) visit(*box);
}

std::optional<Bytes> find_box(Bytes bytes, Bytes type) {
  while (const auto box = take_box(bytes)) {
    if (box->type == type) return box->content;
  }
  return std::nullopt;
}

// A table of a full box: version and flags, then `fields` numbers, the last of which is the count
// of entries of `entry` bytes. Fewer where the box is too short for that.
struct Table {
  Bytes entries;
  std::uint64_t count = 0;
  std::size_t entry = 4;

  std::uint64_t at(std::uint64_t index, std::size_t offset = 0, std::size_t bytes = 4) const {
    return Reader(entries.substr(static_cast<std::size_t>(index) * entry + offset)).take(bytes);
  }
};

Table table_of(Reader reader, std::size_t entry) {
  const std::uint64_t said = reader.u32();
  const std::uint64_t fit = reader.rest().size() / entry;
  return {reader.rest(), std::min(said, fit), entry};
}

bool lies_inside(std::uint64_t offset, std::uint64_t size, std::uint64_t length) {
  return offset <= length && size <= length - offset;
}

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

void keep_worst(Mp4Samples& worst, Mp4Samples one) {
  if (one == Mp4Samples::beyond || worst == Mp4Samples::inside) worst = one;
}

Mp4Defaults defaults_in(Bytes mvex) {
  Mp4Defaults defaults;
  for_each_box(mvex, [&](const Box& box) {
    if (box.type != "trex") return;
    Reader reader(box.content);
    reader.skip(4);
    const std::uint32_t track = reader.u32();
    reader.skip(8);
    defaults[track] = reader.u32();
  });
  return defaults;
}

// One traf box. `end` is where the data of the one before ended.
class TrackFragment {
 public:
  TrackFragment(Bytes tfhd, std::uint64_t moof, std::uint64_t end, const Mp4Defaults& defaults) {
    Reader reader(tfhd);
    const std::uint64_t flags = reader.u32() & 0xffffffU;
    const std::uint32_t track = reader.u32();
    base_ = (flags & 0x020000U) != 0 ? moof : end;
    if ((flags & 0x1U) != 0) base_ = reader.take(8);
    reader.skip((flags & 0x2U) != 0 ? 4 : 0);
    reader.skip((flags & 0x8U) != 0 ? 4 : 0);
    const auto known = defaults.find(track);
    default_size_ = known == defaults.end() ? 0 : known->second;
    if ((flags & 0x10U) != 0) default_size_ = reader.u32();
    end_ = base_;
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
    const std::size_t before = (flags & 0x100U) != 0 ? 4 : 0;
    const bool has_sizes = (flags & 0x200U) != 0;
    const std::size_t entry = before + (has_sizes ? 4 : 0) + ((flags & 0x400U) != 0 ? 4 : 0) +
                              ((flags & 0x800U) != 0 ? 4 : 0);
    if (entry > 0 && reader.rest().size() / entry < count) return Mp4Samples::unclear;
    std::uint64_t size = default_size_ * count;
    if (has_sizes) {
      const Table sizes{reader.rest(), count, entry};
      size = 0;
      for (std::uint64_t i = 0; i < count; ++i) size += sizes.at(i, before);
    }
    if (reader.failed()) return Mp4Samples::unclear;
    if (!lies_inside(begin, size, length)) return Mp4Samples::beyond;
    end_ = begin + size;
    return Mp4Samples::inside;
  }
  std::uint64_t end() const { return end_; }

 private:
  std::uint64_t base_ = 0;
  std::uint64_t default_size_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace

Mp4Index read_mp4_index(std::string_view moov, std::uint64_t length) {
  Mp4Index index;
  for_each_box(moov, [&](const Box& box) {
    if (box.type == "mvex") index.defaults = defaults_in(box.content);
    if (box.type != "trak") return;
    std::optional<Bytes> inner = box.content;
    for (const char* step : {"mdia", "minf", "stbl"}) {
      if (inner) inner = find_box(*inner, step);
    }
    keep_worst(index.samples,
               inner ? samples_of_track(*inner, length, index.has_samples) : Mp4Samples::unclear);
  });
  return index;
}

Mp4Samples read_mp4_fragment(std::string_view moof, std::uint64_t at, const Mp4Defaults& defaults,
                             std::uint64_t length) {
  Mp4Samples worst = Mp4Samples::inside;
  std::uint64_t end = at;
  for_each_box(moof, [&](const Box& traf) {
    if (traf.type != "traf") return;
    const auto tfhd = find_box(traf.content, "tfhd");
    if (!tfhd) return keep_worst(worst, Mp4Samples::unclear);
    TrackFragment fragment(*tfhd, at, end, defaults);
    for_each_box(traf.content, [&](const Box& box) {
      if (box.type == "trun") keep_worst(worst, fragment.add_run(box.content, length));
    });
    end = fragment.end();
  });
  return worst;
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
