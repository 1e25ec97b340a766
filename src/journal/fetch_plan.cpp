// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/fetch_plan.h"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include "journal/wording.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

enum class Named { no, yes };

// As a run of the request decides it.
bool is_whole(const StoreDir& store, const Entry& entry) {
  const auto file = store.open_file(clip_name(entry.key), O_RDONLY);
  return file.ok() && *file && entry.clip &&
         condition_of(file->get(), *entry.clip) == ClipCondition::as_recorded;
}

bool is_wanted(const JournalView& view, const Record& record, Named named) {
  if (record.entry.service == "rehearsal") return false;
  switch (record.status) {
    case Record::Status::submitting:
    case Record::Status::unknown:
    case Record::Status::running:
      return true;
    case Record::Status::failed:
      return false;
    case Record::Status::completed:
      break;
  }
  if (record.clip == Record::ClipState::evicted) return named == Named::yes;
  return record.clip != Record::ClipState::present || !is_whole(view.store(), record.entry);
}

FetchItem item_of(const Record& record) {
  FetchItem item;
  item.record = record;
  if (record.status == Record::Status::submitting) {
    item.state = FetchItem::State::missing;
    item.message = "It is being submitted right now. Run klingtext-journal fetch again after that.";
  } else if (record.status == Record::Status::unknown) {
    item.state = FetchItem::State::unknown;
    item.message = advice(record);
  } else if (record.entry.generation_id.empty()) {
    item.state = FetchItem::State::missing;
    item.message = "Its entry has no generation id; klingtext-journal show " +
                   record.entry.key.substr(0, 16) + " shows what it has.";
  }
  return item;
}

Result<std::vector<Record>> named_records(const JournalView::Contents& contents,
                                          const std::vector<std::string>& which) {
  std::vector<Record> records;
  std::set<std::string> keys;
  for (const std::string& one : which) {
    auto record = find_record(contents, one);
    if (!record.ok()) return record.as<std::vector<Record>>();
    if (keys.insert(record->entry.key).second) records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace

Result<FetchPlan> plan_fetch(const JournalView& view, const std::vector<std::string>& which) {
  auto contents = view.read();
  if (!contents.ok()) return contents.as<FetchPlan>();
  const Named named = which.empty() ? Named::no : Named::yes;
  FetchPlan plan;
  std::vector<Record> records;
  if (named == Named::yes) {
    auto found = named_records(*contents, which);
    if (!found.ok()) return found.as<FetchPlan>();
    records = std::move(*found);
  } else {
    records = std::move(contents->records);
    plan.unusable.damaged = std::move(contents->damaged);
    plan.unusable.unread = std::move(contents->unread);
  }
  for (const Record& record : records) {
    const bool evicted = record.clip == Record::ClipState::evicted;
    if (is_wanted(view, record, named)) plan.items.push_back(item_of(record));
    if (evicted && named == Named::no && record.entry.service != "rehearsal") ++plan.evicted;
  }
  // Links of completed generations expire; running ones take minutes.
  std::stable_partition(plan.items.begin(), plan.items.end(), [](const FetchItem& item) {
    return item.record.status == Record::Status::completed;
  });
  return plan;
}

const char* name_of(FetchItem::State state) {
  switch (state) {
    case FetchItem::State::waiting:
      return "waiting";
    case FetchItem::State::under_way:
      return "under-way";
    case FetchItem::State::whole:
      return "whole";
    case FetchItem::State::unknown:
      return "unknown";
    case FetchItem::State::failed:
      return "failed";
    case FetchItem::State::missing:
      break;
  }
  return "missing";
}

bool is_missing(const FetchItem& item) {
  return item.state != FetchItem::State::whole && item.state != FetchItem::State::failed;
}

}  // namespace klingtext
