// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/wording.h"
#include "store/checksum.h"
#include "store/clip_file.h"
#include "store/mp4_boxes.h"

namespace klingtext {
namespace {

struct Trouble {
  std::string what;     // a stable word
  std::string key;      // of the entry; may be empty
  std::string message;  // and what to do
};

constexpr const char* kFetchAgain =
    " Run the same request again: it is fetched anew and not paid again, as long as the service "
    "keeps it.";

// Without counting as a use: that would change what is evicted next.
Result<UniqueFd> open_quietly(const StoreDir& store, const std::string& name) {
  auto quiet = store.open_file(name, O_RDONLY | O_NOATIME);
  return quiet.ok() ? std::move(quiet) : store.open_file(name, O_RDONLY);
}

std::optional<Trouble> trouble_with_content(const StoreDir& store, const Entry& entry) {
  const std::string path = "The clip " + store.path_of(clip_name(entry.key));
  const auto file = open_quietly(store, clip_name(entry.key));
  const bool is_as_recorded =
      file.ok() && *file && has_checksum(file->get(), entry.clip->length, entry.clip->checksum);
  if (!is_as_recorded) {
    return Trouble{"clip-changed", entry.key, path + " is not what was downloaded." + kFetchAgain};
  }
  if (mp4_state(file->get(), entry.clip->length) == Mp4State::cut) {
    return Trouble{"clip-cut", entry.key,
                   path +
                       " ends before its last sample: the download was cut, and nothing said "
                       "so. Remove the file." +
                       kFetchAgain};
  }
  return std::nullopt;
}

std::optional<Trouble> trouble_with_clip(const StoreDir& store, const Record& record) {
  const Entry& entry = record.entry;
  const std::string path = "The clip " + store.path_of(clip_name(entry.key));
  switch (record.clip) {
    case Record::ClipState::present:
      return trouble_with_content(store, entry);
    case Record::ClipState::changed:
      return Trouble{"clip-changed", entry.key,
                     path + " has " + std::to_string(record.clip_bytes) + " bytes, not " +
                         std::to_string(entry.clip->length) + "." + kFetchAgain};
    case Record::ClipState::missing:
      return Trouble{"clip-missing", entry.key, path + " is gone." + kFetchAgain};
    case Record::ClipState::evicted:
      return std::nullopt;
    case Record::ClipState::none:
    case Record::ClipState::partial:
      break;
  }
  const bool in_progress = store.is_locked(part_name(entry.key));
  if (record.status != Record::Status::completed || in_progress) return std::nullopt;
  return Trouble{"clip-not-fetched", entry.key, path + " was never fetched whole." + kFetchAgain};
}

std::optional<Trouble> trouble_with_folder(const StoreDir& store) {
  struct stat info {};
  if (fstat(store.fd(), &info) != 0 || (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) {
    return std::nullopt;
  }
  return Trouble{"store-writable", "",
                 "The store " + store.path() +
                     " can be written by other users, so klingtextsrc will not use it. Run chmod "
                     "700 on it."};
}

std::vector<Trouble> troubles_in(const JournalView& view, const JournalView::Contents& contents) {
  std::vector<Trouble> troubles;
  if (auto trouble = trouble_with_folder(view.store())) troubles.push_back(*trouble);
  for (const std::string& file : contents.damaged) {
    const std::string key = file.substr(0, file.find('.'));
    troubles.push_back({"entry-damaged", key,
                        "The entry " + view.store().path_of(file) +
                            " cannot be read, and it may stand for a paid generation. Restore it "
                            "from a backup, or let it go with klingtext-journal forget --force " +
                            key + "."});
  }
  for (const Record& record : contents.records) {
    if (auto trouble = trouble_with_clip(view.store(), record)) troubles.push_back(*trouble);
  }
  return troubles;
}

void print(const std::vector<Trouble>& troubles, const JournalView::Contents& contents) {
  std::size_t clips = 0;
  for (const Record& record : contents.records) clips += record.entry.clip ? 1 : 0;
  for (const Trouble& trouble : troubles) std::cout << trouble.message << '\n';
  std::cout << contents.records.size() << " entries, " << clips << " clips; ";
  if (troubles.empty()) {
    std::cout << "all is well.\n";
  } else {
    std::cout << troubles.size() << (troubles.size() == 1 ? " problem.\n" : " problems.\n");
  }
}

std::string document(const JournalView& view, const std::vector<Trouble>& troubles,
                     const JournalView::Contents& contents) {
  JsonDocument json;
  json.integer("version", 1);
  json.text("store", view.store().path());
  json.boolean("ok", troubles.empty());
  json.integer("entries", static_cast<std::int64_t>(contents.records.size()));
  json.open_array("troubles");
  for (const Trouble& trouble : troubles) {
    json.begin_object();
    json.text("what", trouble.what);
    json.text("key", trouble.key);
    json.text("message", trouble.message);
    json.end_object();
  }
  json.end_array();
  return json.finish();
}

}  // namespace

Exit verify(const JournalView& view, const CommandLine& line) {
  const auto read = view.read();
  if (!read.ok()) return complain(read.error());
  const JournalView::Contents& contents = *read;
  const std::vector<Trouble> troubles = troubles_in(view, contents);
  if (line.output == CommandLine::Output::json) {
    std::cout << document(view, troubles, contents);
  } else {
    print(troubles, contents);
  }
  return troubles.empty() ? Exit::fine : Exit::trouble;
}

}  // namespace klingtext
