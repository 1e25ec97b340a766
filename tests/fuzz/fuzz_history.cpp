// SPDX-License-Identifier: LGPL-2.1-or-later
// The file that says how long earlier generations took.
#include <cmath>

#include "fuzz/scratch_store.h"
#include "fuzz/target.h"
#include "store/history.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  const StoreDir& store = *scratch_store();
  lay("history.json", text_of(data, size));
  const auto before = remembered_numbers(store, "kind");
  for (const double seconds : before) {
    must(std::isfinite(seconds) && seconds > 0, "a time is a time");
  }
  remember_generation_time(store, "kind", 7);
  const auto after = remembered_numbers(store, "kind");
  must(!after.empty() && after.size() <= 50 && after.back() == 7, "what is learnt is remembered");
  return 0;
}
