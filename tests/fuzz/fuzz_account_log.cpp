// SPDX-License-Identifier: LGPL-2.1-or-later
// A page of the account's log: only rows with an id of our form come out, and what comes out can be
// kept and shown.
#include "api/account_log.h"
#include "base/text.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  const std::string_view body = text_of(data, size);
  const AccountFilter one{AccountFilter::Which::one,
                          "klingtext:" + std::string(64, 'a') + ":0123456789abcdef", 0, 1};
  const AccountFilter all{AccountFilter::Which::all, "", 0, 1};
  for (const AccountFilter* wanted : {&one, &all}) {
    const AccountFilter& filter = *wanted;
    const auto page = parse_account_page(body, filter);
    if (!page) continue;
    must(page->rows.size() <= page->listed, "no more rows than are listed");
    for (const AccountRow& row : page->rows) {
      must(request_key_in(row.client_request_id).size() == 64, "an id holds a request key");
      must(wanted != &one || row.client_request_id == one.client_request_id, "the wanted id");
      must(row.generation_id.empty() || is_usable_id(row.generation_id), "an id can be kept");
      must(one_line(row.model, 1000) == row.model, "a model is one line of text");
      must(row.cost.usd_spent.value_or(0) >= 0, "no negative amount");
      must(row.cost.credits_used.value_or(0) >= 0, "no negative amount");
    }
  }
  return 0;
}
