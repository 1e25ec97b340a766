// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>

#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/text_table.h"
#include "journal/wording.h"

namespace klingtext {
namespace {

constexpr std::size_t kKeyShown = 8;  // characters: enough to name it

std::string seconds_text(const Entry& entry) {
  return entry.seconds == 0 ? "-" : std::to_string(entry.seconds) + " s";
}

std::string table(const JournalView::Contents& contents) {
  TextTable table({{"KEY"},
                   {"AGE", Align::right},
                   {"STATUS"},
                   {"LENGTH", Align::right},
                   {"COST", Align::right},
                   {"TAKE", Align::right},
                   {"CLIP", Align::right},
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
  const auto read = view.read();
  if (!read.ok()) return complain(read.error());
  const JournalView::Contents& contents = *read;
  if (line.output == CommandLine::Output::json) {
    std::cout << document(view, contents);
  } else if (contents.records.empty()) {
    std::cout << "Nothing was generated here yet.\n";
  } else {
    std::cout << table(contents);
  }
  return complain_of_entries(contents, view.store()) ? Exit::trouble : Exit::fine;
}

}  // namespace klingtext
