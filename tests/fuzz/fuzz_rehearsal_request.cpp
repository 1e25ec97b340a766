// SPDX-License-Identifier: LGPL-2.1-or-later
// What anybody on this machine can send to the rehearsal service, and the files it keeps.
#include "fuzz/target.h"
#include "rehearsal/byte_range.h"
#include "rehearsal/generation.h"
#include "rehearsal/json_text.h"
#include "rehearsal/submission.h"

namespace klingtext::rehearsal {
namespace {

using fuzz::must;

void check_submission(std::string_view body) {
  const auto submission = read_submission(body);
  if (!submission.ok()) {
    must(submission.error().http_status == 400, "what is refused is refused with 400");
    return;
  }
  must(is_strict_json(submission->members), "its canonical form is JSON");
  const auto again = read_submission(submission->members);
  must(again.ok() && again->members == submission->members, "its canonical form is canonical");
  Generation generation{.id = "an id", .submission = *submission};
  const auto kept = generation_from_json(to_json(generation));
  must(kept && clip_name(*kept) == clip_name(generation), "a generation survives the process");
}

void check_generation(std::string_view text) {
  const auto generation = generation_from_json(text);
  if (!generation) return;
  (void)status_at(*generation, std::chrono::milliseconds(1'700'000'000'000), true);
  const Plan plan = plan_for(generation->id, 1);
  must(plan.queued <= plan.total, "it waits before it is made");
  (void)status_name(status_at(*generation, std::chrono::milliseconds(0), false));
  must(clip_name(*generation).size() == 64, "a clip's name is a hash");
}

void check_range(std::string_view header) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
    const ByteRange range = choose_range(header, size);
    if (range.kind != ByteRange::Kind::part) continue;
    must(range.first <= range.last && range.last < size, "a part is within the file");
  }
}

}  // namespace
}  // namespace klingtext::rehearsal

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  const std::string_view text = fuzz::text_of(data, size);
  rehearsal::check_submission(text);
  rehearsal::check_generation(text);
  rehearsal::check_range(text);
  return 0;
}
