// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/sampled_mp4.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace klingtext::test {
namespace {

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(),
                [&random] { return static_cast<char>(random() & 0xffU); });
  return bytes;
}

std::string mp4_data(const std::string& content, Mp4Extent extent) {
  if (extent == Mp4Extent::bits32) return mp4_box("mdat", content);
  if (extent == Mp4Extent::to_end) return mp4_number(0, 4) + "mdat" + content;
  return mp4_number(1, 4) + "mdat" + mp4_number(content.size() + 16, 8) + content;
}

std::string sizes_box(const SampledMp4& wanted) {
  const std::string count = mp4_number(wanted.samples, 4);
  std::string table;
  unsigned bits = 32;
  switch (wanted.sizes) {
    case Mp4Sizes::fixed:
      return mp4_box("stsz", mp4_number(0, 4) + mp4_number(wanted.sample_size, 4) + count);
    case Mp4Sizes::table:
      break;
    case Mp4Sizes::bits4:
      bits = 4;
      break;
    case Mp4Sizes::bits8:
      bits = 8;
      break;
    case Mp4Sizes::bits16:
      bits = 16;
      break;
  }
  if (bits == 4) {
    for (unsigned i = 0; i < wanted.samples; i += 2) {
      const unsigned second = i + 1 < wanted.samples ? wanted.sample_size : 0;
      table += mp4_number(wanted.sample_size << 4U | second, 1);
    }
  } else {
    for (unsigned i = 0; i < wanted.samples; ++i) table += mp4_number(wanted.sample_size, bits / 8);
  }
  if (bits == 32) return mp4_box("stsz", mp4_number(0, 8) + count + table);
  return mp4_box("stz2", mp4_number(0, 7) + mp4_number(bits, 1) + count + table);
}

std::string moov_of(const SampledMp4& wanted, std::uint64_t data) {
  const bool wide = wanted.offsets == Mp4Offsets::co64;
  const unsigned chunks = (wanted.samples + wanted.samples_of_chunk - 1) / wanted.samples_of_chunk;
  const unsigned rest = wanted.samples - (chunks - 1) * wanted.samples_of_chunk;
  std::string offsets = mp4_number(0, 4) + mp4_number(chunks, 4);
  for (unsigned i = 0; i < chunks; ++i) {
    offsets += mp4_number(data + std::uint64_t{i} * wanted.samples_of_chunk * wanted.sample_size,
                          wide ? 8 : 4);
  }
  std::string runs = mp4_number(0, 4) + mp4_number(chunks > 1 ? 2 : 1, 4) + mp4_number(1, 4) +
                     mp4_number(chunks > 1 ? wanted.samples_of_chunk : rest, 4) + mp4_number(1, 4);
  if (chunks > 1) runs += mp4_number(chunks, 4) + mp4_number(rest, 4) + mp4_number(1, 4);
  const std::string stbl = mp4_box(
      "stbl", mp4_box("stsc", runs) + sizes_box(wanted) + mp4_box(wide ? "co64" : "stco", offsets));
  return mp4_box("moov", mp4_box("mvhd", std::string(100, '\0')) +
                             mp4_box("trak", mp4_box("mdia", mp4_box("minf", stbl))));
}

constexpr unsigned kMediaScale = 90000;  // a multiple of what tests have in a fragment

// A mvhd or mdhd box: times of creation and change, timescale, and the rest.
std::string header_box(const std::string& type, unsigned timescale, std::size_t rest) {
  return mp4_box(type, std::string(12, '\0') + mp4_number(timescale, 4) + std::string(rest, '\0'));
}

// Of a fragmented file: its samples are in the fragments.
std::string empty_track() {
  const std::string none = mp4_number(0, 8);
  const std::string stbl =
      mp4_box("stbl", mp4_box("stts", none) + mp4_box("stsc", none) +
                          mp4_box("stsz", std::string(12, '\0')) + mp4_box("stco", none));
  const std::string tkhd = mp4_box("tkhd", std::string(12, '\0') + mp4_number(1, 4));
  return mp4_box(
      "trak", tkhd + mp4_box("mdia", header_box("mdhd", kMediaScale, 8) + mp4_box("minf", stbl)));
}

std::string moof_of(const FragmentedMp4& wanted) {
  const bool in_run = wanted.sizes == Mp4RunSizes::run;
  const bool in_fragment = wanted.sizes == Mp4RunSizes::fragment_default;
  std::string sizes;
  for (unsigned i = 0; in_run && i < wanted.samples; ++i)
    sizes += mp4_number(wanted.sample_size, 4);
  const std::string tfhd =
      mp4_box("tfhd", mp4_number(0x020000U | (in_fragment ? 0x10U : 0U), 4) + mp4_number(1, 4) +
                          (in_fragment ? mp4_number(wanted.sample_size, 4) : ""));
  const auto moof = [&](std::size_t offset) {
    const std::string trun = mp4_number(in_run ? 0x201U : 0x1U, 4) + mp4_number(wanted.samples, 4) +
                             mp4_number(offset, 4) + sizes;
    return mp4_box(
        "moof", mp4_box("mfhd", mp4_number(0, 8)) + mp4_box("traf", tfhd + mp4_box("trun", trun)));
  };
  return moof(moof(0).size() + 8);
}

}  // namespace

std::string mp4_number(std::uint64_t value, unsigned bytes) {
  std::string text;
  while (bytes-- > 0) text += static_cast<char>(value >> (8U * bytes));
  return text;
}

std::string mp4_box(const std::string& type, const std::string& content) {
  return mp4_number(content.size() + 8, 4) + type + content;
}

std::string sampled_mp4(const SampledMp4& wanted) {
  const std::string type = mp4_box("ftyp", "isom" + mp4_number(0x200, 4) + "isomiso2avc1mp41");
  const std::string data =
      mp4_data(noise(std::size_t{wanted.samples} * wanted.sample_size), wanted.extent);
  const std::uint64_t head = wanted.extent == Mp4Extent::bits64 ? 16 : 8;
  if (wanted.index == Mp4Index::end) return type + data + moov_of(wanted, type.size() + head);
  const std::size_t before = type.size() + moov_of(wanted, 0).size();
  return type + moov_of(wanted, before + head) + data;
}

std::string fragmented_mp4(const FragmentedMp4& wanted) {
  const bool of_track = wanted.sizes == Mp4RunSizes::track_default;
  const std::string trex =
      mp4_box("trex", mp4_number(0, 4) + mp4_number(1, 4) + mp4_number(0, 4) +
                          mp4_number(kMediaScale / wanted.samples, 4) +
                          mp4_number(of_track ? wanted.sample_size : 0, 4) + mp4_number(0, 4));
  const std::string mehd =
      mp4_box("mehd", mp4_number(0, 4) + mp4_number(std::uint64_t{wanted.fragments} * 1000, 4));
  std::string bytes =
      mp4_box("ftyp", "iso5" + mp4_number(0x200, 4)) +
      mp4_box("moov", header_box("mvhd", 1000, 80) + empty_track() +
                          mp4_box("mvex", (wanted.has_duration ? mehd : "") + trex));
  const std::string moof = moof_of(wanted);
  const std::string data = noise(std::size_t{wanted.samples} * wanted.sample_size);
  if (wanted.has_segment_index) {
    std::string sidx = mp4_number(0, 4) + mp4_number(1, 4) + mp4_number(1000, 4) +
                       mp4_number(0, 8) + mp4_number(wanted.fragments, 4);
    for (unsigned i = 0; i < wanted.fragments; ++i) {
      sidx += mp4_number(moof.size() + 8 + data.size(), 4) + mp4_number(1000, 4) + mp4_number(0, 4);
    }
    bytes += mp4_box("sidx", sidx);
  }
  for (unsigned i = 0; i < wanted.fragments; ++i) {
    const bool is_last = i + 1 == wanted.fragments;
    bytes += moof + mp4_data(data, is_last ? wanted.last : Mp4Extent::bits32);
  }
  return bytes;
}

}  // namespace klingtext::test
