// SPDX-License-Identifier: LGPL-2.1-or-later
// What the account's log and the journal say of the same submissions, and what follows from it.
#pragma once

#include <string>
#include <vector>

#include "api/account_log.h"
#include "api/api_client.h"
#include "journal/record.h"

namespace klingtext {

// A submission that the account lists and the store does not have as it is.
struct AccountFinding {
  enum class Kind {
    missing,  // the store has no entry of its request
    unknown,  // the store has its entry, without the outcome, or as failed
    failed,   // the store has its entry, without the outcome; the service billed nothing
    other,    // the store has another submission of its request, which keeps the request key
  };
  enum class ClipAt { ready, later, gone, not_known };  // at the service
  Kind kind = Kind::missing;
  AccountRow row;
  std::string key;
  Entry entry;  // the store's, where it has one
  ClipAt clip = ClipAt::not_known;
  bool adopted = false;
};

// A generation whose cost the journal does not have as the account has it.
struct CostDifference {
  Entry entry;
  Cost account;
  bool taken = false;
};

struct AccountReview {
  std::vector<AccountFinding> findings;  // newest first
  std::vector<Entry> unlisted;           // the journal has them, the account does not
  std::vector<CostDifference> costs;
};

// `rows`, newest first, are all that the account has from `since` on.
AccountReview review_account(const std::vector<AccountRow>& rows,
                             const JournalView::Contents& contents, const std::string& service,
                             const Secret& key, std::int64_t since, std::int64_t now);

// Asks the service for each clip that could be fetched.
Outcome look_for_clips(AccountReview& review, ApiClient& client, const std::stop_token& stop);

// Writes what the account knows into the journal. What cannot be written leaves
// the rest to be written; the first error is returned.
Outcome adopt(AccountReview& review, const Journal& journal, const std::string& service,
              const Secret& key);

// Whether it is bought, and the store cannot fetch it.
bool is_not_here(const AccountFinding& finding);

// One of these that cannot be adopted, because the account names no generation.
bool is_without_id(const AccountFinding& finding);

const char* name_of(AccountFinding::Kind kind);
const char* name_of(AccountFinding::ClipAt clip);

}  // namespace klingtext
