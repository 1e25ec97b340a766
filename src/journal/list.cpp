// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>

#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/text_table.h"
#include "journal/wording.h"

namespace klingtext {
namespace {

std::string seconds_text(const Entry& entry) {
  return entry.seconds == 0 ? "-" : std::to_string(entry.seconds) + " s";
}

// Or may have been: as `spent` counts.
bool was_paid(const Entry& entry) {
  const bool elsewhere = entry.client_request_id.empty() && entry.service != "rehearsal" &&
                         entry.state != EntryState::error;  // followed here by its id
  return elsewhere || !purchases_of(entry).empty();
}

bool is_chosen(const Record& record, const CommandLine& line) {
  const Entry& entry = record.entry;
  if (!line.status.empty() && line.status != name_of(record.status)) return false;
  if (line.paid == CommandLine::Paid::yes && !was_paid(entry)) return false;
  return line.days.contains(entry.submitted / kDay);
}

std::string table(const JournalView::Contents& contents) {
  TextTable table({{"KEY"},
                   {"AGE", Align::right, 4},
                   {"STATUS"},
                   {"LENGTH", Align::right, 3},
                   {"COST", Align::right},
                   {"TAKE", Align::right, 1},
                   {"CLIP", Align::right, 2},
                   {"PROMPT"}});
  const std::int64_t now = unix_now();
  for (const Record& record : contents.records) {
    const Entry& entry = record.entry;
    const std::string prompt = prompt_of(entry);
    table.add({entry.key.substr(0, kKeyShown), age_text(entry.submitted, now),
               name_of(record.status), seconds_text(entry), cost_text(entry),
               std::to_string(entry.take), clip_text(record),
               prompt.empty() ? "generation " + entry.generation_id : prompt});
  }
  return table.text(output_width());
}

std::string document(const JournalView& view, const JournalView::Contents& contents) {
  JsonDocument json;
  json.integer("version", 1);
  json.text("store", view.store().path());
  json.open_array("entries");
  for (const Record& record : contents.records) json.record(record, view.store());
  json.end_array();
  json.open_array("damaged");
  for (const std::string& name : contents.damaged) json.element(name);
  for (const Journal::Unread& one : contents.unread) json.element(one.file);
  json.end_array();
  return json.finish();
}

}  // namespace

Exit list(const JournalView& view, const CommandLine& line) {
  auto read = view.read();
  if (!read.ok()) return complain(read.error());
  JournalView::Contents& contents = *read;
  const bool is_empty = contents.records.empty();
  std::erase_if(contents.records, [&](const Record& record) { return !is_chosen(record, line); });
  if (line.output == CommandLine::Output::json) {
    std::cout << document(view, contents);
  } else if (contents.records.empty()) {
    std::cout << (is_empty ? "Nothing was generated here yet.\n"
                           : "No generation here is one of those.\n");
  } else {
    std::cout << table(contents);
  }
  return complain_of_entries(contents, view.store()) ? Exit::trouble : Exit::fine;
}

}  // namespace klingtext
