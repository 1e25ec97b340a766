// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/fetch_display.h"

#include <unistd.h>

#include <iostream>

#include "base/text.h"
#include "journal/text_table.h"
#include "journal/wording.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

constexpr const char* kEraseLine = "\x1b[K";
constexpr std::size_t kPromptShown = 40;  // characters
constexpr std::size_t kKeyLength = 8;

std::string begin_of_line(const Entry& entry) {
  return entry.key.substr(0, kKeyLength) + "  ";
}

const char* word_for(JobStatus status) {
  switch (status) {
    case JobStatus::idle:
    case JobStatus::submitting:
      return "connecting";
    case JobStatus::queued:
      return "queued";
    case JobStatus::generating:
      return "generating";
    case JobStatus::completed:
      return "downloading";
    case JobStatus::failed:
      break;
  }
  return "failed";
}

}  // namespace

std::string result_line(const FetchItem& item, const StoreDir& store) {
  const Entry& entry = item.record.entry;
  switch (item.state) {
    case FetchItem::State::whole:
      return begin_of_line(entry) + "downloaded (" + size_text(item.record.clip_bytes) +
             "): " + store.path_of(clip_name(entry.key));
    case FetchItem::State::failed:
      return begin_of_line(entry) + "failed: " + item.message;
    case FetchItem::State::unknown:
      return begin_of_line(entry) + "unknown outcome: " + item.message;
    case FetchItem::State::waiting:
    case FetchItem::State::under_way:
    case FetchItem::State::missing:
      break;
  }
  return begin_of_line(entry) + "not downloaded: " + item.message;
}

FetchDisplay::FetchDisplay(Kind kind, const StoreDir& store, std::size_t items)
    : kind_(kind), store_(store), items_(items) {}

FetchDisplay::~FetchDisplay() {
  if (kind_ == Kind::terminal) std::cout << '\r' << kEraseLine << std::flush;
}

FetchDisplay::Kind FetchDisplay::kind_of_output() {
  const char* terminal = g_getenv("TERM");
  const bool dumb = terminal == nullptr || g_str_equal(terminal, "dumb");
  return isatty(STDOUT_FILENO) != 0 && !dumb ? Kind::terminal : Kind::lines;
}

void FetchDisplay::changed(const FetchItem& item, const FetchProgress& progress) {
  const Entry& entry = item.record.entry;
  const auto [place, is_new] = under_way_.try_emplace(entry.key, progress);
  const bool same =
      !is_new && place->second.status == progress.status && place->second.retry == progress.retry;
  place->second = progress;
  if (kind_ == Kind::terminal) passed();
  if (kind_ != Kind::lines || same || progress.status == JobStatus::failed) return;
  print(begin_of_line(entry) + word_for(progress.status) + " \"" +
        one_line(request_member(entry, "prompt"), kPromptShown) + '"' +
        (progress.retry.empty() ? "" : "; retrying: " + progress.retry));
}

void FetchDisplay::ended(const FetchItem& item) {
  under_way_.erase(item.record.entry.key);
  ++ended_;
  if (kind_ != Kind::none) print(result_line(item, store_));
}

void FetchDisplay::passed() {
  if (kind_ != Kind::terminal) return;
  std::cout << '\r' << cut_to_cells(summary(), output_width().value_or(80) - 1) << kEraseLine
            << std::flush;
}

void FetchDisplay::print(const std::string& line) {
  if (kind_ == Kind::terminal) std::cout << '\r' << kEraseLine;
  std::cout << line << std::endl;
  passed();
}

// "2 of 5 clips; generating 1, downloading 2: 1.2 MB of 4.6 MB"
std::string FetchDisplay::summary() const {
  std::map<std::string, std::size_t> words;
  std::uint64_t bytes = 0;
  std::uint64_t length = 0;
  for (const auto& [key, progress] : under_way_) {
    ++words[word_for(progress.status)];
    bytes += progress.bytes;
    length += progress.length.value_or(progress.bytes);
  }
  std::string text = std::to_string(ended_) + " of " + std::to_string(items_) + " clips";
  const char* between = "; ";
  for (const auto& [word, count] : words) {
    text += between + word + ' ' + std::to_string(count);
    between = ", ";
  }
  if (length > 0) text += ": " + size_text(bytes) + " of " + size_text(length);
  return text;
}

}  // namespace klingtext
