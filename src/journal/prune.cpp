// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>

#include "journal/commands.h"
#include "journal/json_document.h"
#include "journal/leftovers.h"
#include "journal/wording.h"
#include "store/clip_file.h"

namespace klingtext {
namespace {

constexpr const char* kClip = ".mp4";
constexpr const char* kDrafts = "drafts";

struct Pruned {
  Amount evicted;
  Amount leftovers;
  Amount left;  // clips
};

std::string counted(std::uint64_t number, const std::string& one) {
  return std::to_string(number) + ' ' + one + (number == 1 ? "" : "s");
}

Result<Pruned> pruned(const JournalView& seen, std::uint64_t size) {
  Pruned result;
  const Amount drafts = amount_of(seen.store(), kDrafts, "");
  auto store = StoreDir::open(seen.store().path());  // removes the drafts of ended processes
  if (!store.ok()) return store.as<Pruned>();
  const JournalView view(*store);
  const Amount young = amount_of(**store, kDrafts, "");
  auto leftovers = remove_leftovers(**store, view);
  if (!leftovers.ok()) return leftovers.as<Pruned>();
  result.leftovers = *leftovers;
  result.leftovers.files += drafts.files - std::min(drafts.files, young.files);
  result.leftovers.bytes += drafts.bytes - std::min(drafts.bytes, young.bytes);
  const Amount clips = amount_of(**store, "", kClip);
  result.evicted.bytes = evict_clips(**store, view.journal(), size, "");
  result.left = amount_of(**store, "", kClip);
  result.evicted.files = clips.files - std::min(clips.files, result.left.files);
  return result;
}

void add(JsonDocument& json, const char* member, const char* what, const Amount& amount) {
  json.open_object(member);
  json.integer(what, static_cast<std::int64_t>(amount.files));
  json.integer("bytes", static_cast<std::int64_t>(amount.bytes));
  json.end_object();
}

std::string document(const StoreDir& store, const Pruned& result) {
  JsonDocument json;
  json.integer("version", 1);
  json.text("store", store.path());
  add(json, "evicted", "clips", result.evicted);
  add(json, "leftovers", "files", result.leftovers);
  add(json, "left", "clips", result.left);
  return json.finish();
}

void print(const Pruned& result) {
  std::cout << "Evicted " << counted(result.evicted.files, "clip") << " ("
            << size_text(result.evicted.bytes) << ") and removed "
            << counted(result.leftovers.files, "file") << " of ended processes ("
            << size_text(result.leftovers.bytes) << "); " << counted(result.left.files, "clip")
            << " (" << size_text(result.left.bytes) << ") left.\n";
  if (result.evicted.files > 0) {
    std::cout << "klingtext-journal fetch WHICH downloads an evicted clip again without paying "
                 "again, as long as the service keeps it.\n";
  }
}

}  // namespace

Exit prune(const JournalView& view, const CommandLine& line) {
  if (!view.store().exists()) return Exit::fine;
  const auto result = pruned(view, line.size);
  if (!result.ok()) return complain(result.error());
  if (line.output == CommandLine::Output::json) {
    std::cout << document(view.store(), *result);
  } else {
    print(*result);
  }
  if (result->left.bytes <= line.size) return Exit::fine;
  return complain({.kind = ErrorKind::store,
                   .message = "The clips that are left take more than --size: they are being read, "
                              "or their entries cannot be read. Run this again later; "
                              "klingtext-journal verify names damaged entries."});
}

}  // namespace klingtext
