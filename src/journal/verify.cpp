// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/wording.h"
#include "store/checksum.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

struct Trouble {
  std::string what;     // a stable word
  std::string key;      // of the entry; may be empty
  std::string message;  // and what to do
};

std::string fetch_again(const Entry& entry) {
  if (entry.service == "rehearsal") return " Run the same rehearsal again: it costs nothing.";
  return " klingtext-journal fetch " + entry.key.substr(0, 16) +
         " downloads it again without paying again, as long as the service keeps it.";
}

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
    return Trouble{"clip-changed", entry.key,
                   path + " is not what was downloaded. Remove the file." + fetch_again(entry)};
  }
  if (is_cut(file->get(), *entry.clip)) {
    return Trouble{"clip-cut", entry.key,
                   path +
                       " ends before its last sample: the download was cut, and nothing said "
                       "so." +
                       fetch_again(entry)};
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
                         std::to_string(entry.clip->length) + "." + fetch_again(entry)};
    case Record::ClipState::missing:
      return Trouble{"clip-missing", entry.key, path + " is gone." + fetch_again(entry)};
    case Record::ClipState::evicted:
      return std::nullopt;
    case Record::ClipState::none:
    case Record::ClipState::partial:
      break;
  }
  const bool in_progress = store.is_locked(part_name(store, entry.key));
  if (record.status != Record::Status::completed || in_progress) return std::nullopt;
  return Trouble{"clip-not-fetched", entry.key,
                 path + " was never fetched whole." + fetch_again(entry)};
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

// The bytes may stand for a paid generation: no advice here leads to another submission.
Trouble trouble_with_entry(const StoreDir& store, const std::string& file) {
  const std::string key = file.substr(0, file.find('.'));
  return {"entry-damaged", key,
          "The entry " + store.path_of(file) +
              " cannot be read, and it may stand for a paid generation. Keep it: as long as it is "
              "there, its request is not submitted again. Restore it from a backup. Without one, "
              "look in the service's log of requests for X-Client-Request-Id klingtext:" +
              key.substr(0, 16) +
              "…, and set generation-id to the generation's id to download the clip without paying "
              "again."};
}

constexpr const char* kRebuilt =
    " The next purchase under a cap rebuilds it from the journal; only seconds whose entries were "
    "forgotten are not counted then. A copy from a backup has those as well.";

void add_ledger_files(std::vector<Trouble>& troubles, const StoreDir& store,
                      const Ledger::Survey& survey) {
  for (const std::string& file : survey.unreadable) {
    const std::string path = store.path_of(file);
    troubles.push_back({"ledger-unreadable", "",
                        "The ledger file " + path +
                            " cannot be read, so nothing is bought under a cap. Restore it from a "
                            "backup; without one, empty it with truncate -s 0 " +
                            path + "." + kRebuilt});
  }
  for (const std::string& file : survey.missing) {
    troubles.push_back({"ledger-missing", "",
                        "The ledger file " + store.path_of(file) + " is missing." + kRebuilt});
  }
  for (const std::string& file : survey.cut_short) {
    troubles.push_back(
        {"ledger-cut", "", "The ledger file " + store.path_of(file) + " is cut short." + kRebuilt});
  }
}

// A purchase that the ledger should have: it was made when there was a ledger, or is said to be in
// it.
void add_lacking_lines(std::vector<Trouble>& troubles, const JournalView& view,
                       const JournalView::Contents& contents, const Ledger::Survey& survey) {
  std::set<std::string> known;
  std::optional<std::int64_t> first;
  for (const LedgerLine& line : survey.lines) {
    known.insert(line.id);
    first = std::min(first.value_or(line.time), line.time);
  }
  const bool rebuilds = !survey.missing.empty() || !survey.cut_short.empty();
  const std::string advice =
      rebuilds || !survey.has_old_purchases
          ? " The next purchase under a cap adds it from the journal."
          : " Remove " + view.store().path_of("ledger/complete") +
                ": then the next purchase under a cap adds it from the journal.";
  for (const Record& record : contents.records) {
    for (const LedgerLine& line : purchases_of(record.entry)) {
      if (known.contains(line.id)) continue;
      if (!survey.has_old_purchases && line.time < first.value_or(line.time + 1)) continue;
      troubles.push_back({"ledger-incomplete", line.key,
                          "The ledger lacks the " + std::to_string(line.seconds) + " s of " +
                              line.id + ", so the daily cap does not count them." + advice});
    }
  }
}

void add_ledger(std::vector<Trouble>& troubles, const JournalView& view,
                const JournalView::Contents& contents) {
  if (!view.store().exists()) return;
  const auto survey = view.journal().ledger().survey();
  if (!survey.ok()) {
    troubles.push_back({"ledger-unreadable", "", survey.error().message});
    return;
  }
  add_ledger_files(troubles, view.store(), *survey);
  add_lacking_lines(troubles, view, contents, *survey);
}

std::vector<Trouble> troubles_in(const JournalView& view, const JournalView::Contents& contents) {
  std::vector<Trouble> troubles;
  if (auto trouble = trouble_with_folder(view.store())) troubles.push_back(*trouble);
  for (const std::string& file : contents.damaged) {
    troubles.push_back(trouble_with_entry(view.store(), file));
  }
  for (const Journal::Unread& one : contents.unread) {
    troubles.push_back({"entry-unread", one.file.substr(0, one.file.find('.')), one.error.message});
  }
  for (const Record& record : contents.records) {
    if (auto trouble = trouble_with_clip(view.store(), record)) troubles.push_back(*trouble);
  }
  add_ledger(troubles, view, contents);
  return troubles;
}

std::size_t count_evicted(const JournalView::Contents& contents) {
  return static_cast<std::size_t>(
      std::count_if(contents.records.begin(), contents.records.end(),
                    [](const Record& one) { return one.clip == Record::ClipState::evicted; }));
}

void print(const std::vector<Trouble>& troubles, const JournalView::Contents& contents) {
  const std::size_t evicted = count_evicted(contents);
  std::size_t clips = 0;
  for (const Record& record : contents.records) clips += record.entry.clip ? 1 : 0;
  for (const Trouble& trouble : troubles) std::cout << trouble.message << '\n';
  std::cout << contents.records.size() << " entries, " << clips - evicted << " clips";
  if (evicted > 0) std::cout << ", " << evicted << " evicted";
  std::cout << "; ";
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
  json.integer("evicted", static_cast<std::int64_t>(count_evicted(contents)));
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
