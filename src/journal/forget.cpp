// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>

#include "base/text.h"
#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/wording.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

constexpr const char* kPaysAgain =
    "the next run of the same request would submit and pay once more";

Error refusal(const std::string& why) {
  return Error{.kind = ErrorKind::settings, .message = why};
}

std::string short_name(const Entry& entry) {
  return entry.key.substr(0, 8) + " (\"" + one_line(request_member(entry, "prompt"), 40) + "\")";
}

Outcome may_be_forgotten(const Record& record, CommandLine::Force force) {
  const std::string name = short_name(record.entry);
  if (record.status == Record::Status::submitting) {
    return refusal(name + " is being submitted right now. Wait until that is over.");
  }
  if (force == CommandLine::Force::yes) return Done{};
  if (record.status == Record::Status::unknown) {
    return refusal("Nobody knows whether the service took " + name +
                   ": it may exist and be billed. Without its entry " + kPaysAgain +
                   ", and client request id " + record.entry.client_request_id +
                   " is known here no longer. Add --force to forget it all the same.");
  }
  if (record.status == Record::Status::running) {
    return refusal("Generation " + record.entry.generation_id + ", " + name +
                   ", is paid for and not fetched yet. Without its entry " + kPaysAgain +
                   ". Add --force to forget it all the same.");
  }
  return Done{};
}

Outcome not_locked(const std::string& key) {
  return refusal(key.substr(0, 8) + " is in use right now. Try again in a moment.");
}

// The one thing here that writes.
Outcome remove(const StoreDir& looked_at, const std::string& key, CommandLine::ClipToo clip_too) {
  auto store = StoreDir::open(looked_at.path());
  if (!store.ok()) return store.as<Done>();
  const Journal journal(*store);
  // Against a submission that begins just now.
  const auto claim = journal.try_claim(key);
  if (!claim.ok()) return claim.as<Done>();
  if (!*claim) return not_locked(key);
  journal.forget(key);
  const auto left = journal.find(key);
  if (!left.ok() || *left) {
    return refusal("The entry " + (*store)->path_of(key + ".json") +
                   " cannot be removed. Is the store writable?");
  }
  if (clip_too == CommandLine::ClipToo::yes) {
    for (const std::string& name : {clip_name(key), part_name(key), part_log_name(key)}) {
      (*store)->remove(name);
    }
  }
  return Done{};
}

void tell(const Ledger& ledger, const Record& record, const CommandLine& line) {
  const Entry& entry = record.entry;
  const bool with_clip = line.clip_too == CommandLine::ClipToo::yes;
  if (line.output == CommandLine::Output::json) {
    JsonDocument json;
    json.integer("version", 1);
    json.text("store", ledger.store().path());
    json.name("forgotten");
    json.record(record, ledger.store());
    json.boolean("clip_removed", with_clip);
    std::cout << json.finish();
    return;
  }
  std::cout << "Forgot " << short_name(entry);
  if (!entry.generation_id.empty()) std::cout << ", generation " << entry.generation_id;
  std::cout << ": " << kPaysAgain << ".\n";
  if (!with_clip && record.clip == Record::ClipState::present) {
    std::cout << "Its clip stays: " << ledger.store().path_of(clip_name(entry.key)) << '\n';
  }
}

// An entry that cannot be read has nothing but a name.
Exit forget_damaged(const Ledger& ledger, const std::string& file, const CommandLine& line) {
  const std::string key = file.substr(0, file.find('.'));
  if (line.force == CommandLine::Force::no) {
    return complain(refusal("The entry " + ledger.store().path_of(file) +
                            " cannot be read and may stand for a paid generation. Without it " +
                            kPaysAgain + ". Add --force to forget it all the same."));
  }
  const Outcome removed = remove(ledger.store(), key, line.clip_too);
  if (!removed.ok()) return complain(removed.error());
  Record record;
  record.entry.key = key;
  tell(ledger, record, line);
  return Exit::fine;
}

}  // namespace

Exit forget(const Ledger& ledger, const CommandLine& line) {
  const Ledger::Contents contents = ledger.read();
  const auto record = find_record(contents, line.which);
  if (!record.ok()) {
    for (const std::string& file : contents.damaged) {
      if (line.which.size() >= 8 && file.starts_with(line.which)) {
        return forget_damaged(ledger, file, line);
      }
    }
    return complain(record.error());
  }
  if (auto may = may_be_forgotten(*record, line.force); !may.ok()) return complain(may.error());
  const Outcome removed = remove(ledger.store(), record->entry.key, line.clip_too);
  if (!removed.ok()) return complain(removed.error());
  tell(ledger, *record, line);
  return Exit::fine;
}

}  // namespace klingtext
