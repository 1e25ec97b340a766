// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iomanip>
#include <iostream>

#include "base/text.h"
#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/wording.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

void row(const char* name, const std::string& value) {
  if (value.empty() || value == "-") return;
  std::cout << std::left << std::setw(20) << name << value << '\n';
}

std::string clip_line(const Record& record, const StoreDir& store) {
  const std::string path = store.path_of(clip_name(record.entry.key));
  switch (record.clip) {
    case Record::ClipState::none:
      return "not downloaded";
    case Record::ClipState::partial:
      return size_text(record.clip_bytes) + " of it downloaded";
    case Record::ClipState::present:
      return path + " (" + size_text(record.clip_bytes) + ")";
    case Record::ClipState::evicted:
      return "evicted; the next run of the request fetches it again";
    case Record::ClipState::missing:
      return "missing; the next run of the request fetches it again";
    case Record::ClipState::changed:
      break;
  }
  return path + " is damaged; the next run of the request fetches it again";
}

void print(const Record& record, const StoreDir& store) {
  const Entry& entry = record.entry;
  row("prompt", request_member(entry, "prompt"));
  row("status", name_of(record.status));
  row("request key", entry.key);
  row("generation id", entry.generation_id);
  row("client request id", entry.client_request_id);
  row("service", entry.service);
  row("model", request_member(entry, "model"));
  row("request", entry.request);
  row("take", std::to_string(entry.take));
  row("length", entry.seconds == 0 ? "" : std::to_string(entry.seconds) + " s");
  row("submitted", time_text(entry.submitted));
  row("completed", time_text(entry.completed));
  row("cost", cost_text(entry));
  if (entry.cost.usd_spent) row("credits", cost_text(Cost{entry.cost.credits_used, {}}));
  row("error", one_line(entry.error.name.empty() ? entry.error.message
                                                 : entry.error.name + ": " + entry.error.message,
                        500));
  row("clip", clip_line(record, store));
  row("checksum", entry.clip ? entry.clip->checksum : "");
  for (const GivenUp& one : entry.given_up) {
    row("given up", one.client_request_id + " of " + time_text(one.submitted));
  }
  row("what to do", advice(record));
}

}  // namespace

Exit show(const JournalView& view, const CommandLine& line) {
  const auto read = view.read();
  if (!read.ok()) return complain(read.error());
  const JournalView::Contents& contents = *read;
  const auto record = find_record(contents, line.which.front());
  if (!record.ok()) {
    complain_of_entries(contents, view.store());
    return complain(record.error());
  }
  if (line.output == CommandLine::Output::json) {
    JsonDocument json;
    json.integer("version", 1);
    json.text("store", view.store().path());
    json.name("entry");
    json.record(*record, view.store());
    std::cout << json.finish();
  } else {
    print(*record, view.store());
  }
  return Exit::fine;
}

}  // namespace klingtext
