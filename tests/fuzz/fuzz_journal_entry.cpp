// SPDX-License-Identifier: LGPL-2.1-or-later
// A journal file, damaged or made by somebody else: read or refused, and never lost by rewriting.
#include "fuzz/target.h"
#include "store/journal.h"

namespace klingtext::fuzz {
namespace {

void must_be_same(const Entry& a, const Entry& b) {
  must(a.key == b.key && a.service == b.service && a.state == b.state, "the entry stays the same");
  must(a.generation_id == b.generation_id && a.client_request_id == b.client_request_id,
       "the ids stay");
  must(a.take == b.take && a.seconds == b.seconds, "take and length stay");
  must(a.submitted == b.submitted && a.given_up.size() == b.given_up.size(), "the costs stay");
  must(a.clip.has_value() == b.clip.has_value(), "the clip stays");
}

}  // namespace
}  // namespace klingtext::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  auto entry = entry_from_json(text_of(data, size));
  if (!entry) return 0;
  (void)request_member(*entry, "prompt");
  (void)is_same_account(*entry, Secret("a key"));
  (void)spending_of(purchases_of(*entry), 1'700'000'000);
  (void)name_of(entry->state);
  const auto again = entry_from_json(to_json(*entry));
  must(again.has_value(), "what was read can be written and read again");
  must_be_same(*entry, *again);
  Entry fresh = *entry;
  fresh.as_read.reset();
  mark_account(fresh, Secret("a key"));
  const auto rewritten = entry_from_json(to_json(fresh));
  must(rewritten.has_value(), "what is made anew can be read");
  must_be_same(fresh, *rewritten);
  must(is_same_account(*rewritten, Secret("a key")), "the account is known again");
  must(!is_same_account(*rewritten, Secret("another")), "another account is told apart");
  return 0;
}
