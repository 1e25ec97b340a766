// SPDX-License-Identifier: LGPL-2.1-or-later
// What the journal knows of one request, and its form on disk: readable, versioned JSON. Members
// that a newer version wrote are kept when an older one updates the entry.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/account_log.h"
#include "api/wire.h"
#include "base/secret.h"

namespace klingtext {

enum class EntryState {
  intent,     // being submitted; once its submitter has ended the outcome is unknown
  unknown,    // submitted; whether the service accepted it is not known
  accepted,   // it has an id; the service generates it
  completed,  // generated and billed; final
  error,      // the service answered that it cannot be generated
};

// The whole table of states. A state may follow itself.
//   intent → accepted, unknown          the outcome of the submission
//   unknown → accepted                  found at the service, or named by generation-id
//   intent, unknown → error             found as failed in the account's log
//   accepted → completed, error         the end of the generation
// Journal::change() also lets an error without a generation become accepted with one: rows of the
// account's log can be late.
bool may_follow(EntryState before, EntryState after);

// Whether bytes of the submission may have left this machine. An intent that is pending was never
// sent: without a live submitter it is removed. Both words have one length, so that the change is a
// single write of five bytes in place.
enum class Sending { pending, started };

struct StoredClip {
  std::uint64_t length = 0;  // bytes
  std::string checksum;      // see store/checksum.h
  // Nanoseconds; as long as it stands the content need not be read to be trusted.
  std::int64_t modified = 0;
  bool evicted = false;  // removed to keep the store's size
  // The download had all bytes that the server or the MP4 itself announced. Older versions did not
  // note that.
  bool whole = false;
};

// A submission that `resubmit` gave up. Its seconds still count where its outcome is unknown.
struct GivenUp {
  std::string client_request_id;
  std::int64_t submitted = 0;
  unsigned seconds = 0;
};

struct Entry {
  std::string key;      // the request key
  std::string service;  // the normalised service URL, or "rehearsal"
  std::string request;  // the body that was sent; empty when only an id was given
  unsigned take = 1;
  unsigned seconds = 0;  // of video
  EntryState state = EntryState::intent;
  Sending sending = Sending::started;
  std::string submitter;  // process_id() of the process that submits
  std::string client_request_id;
  std::string account_salt;
  std::string account;         // salted fingerprint of the API key
  std::int64_t submitted = 0;  // unix seconds; all times are
  std::int64_t completed = 0;  // when this was noticed
  std::string generation_id;
  // Where the outcome is unknown: the id that the head of the lost answer named.
  std::string inference_id;
  ServiceError error;  // also the reason why an outcome is unknown
  Cost cost;
  std::optional<StoredClip> clip;
  std::vector<GivenUp> given_up;

  std::string file;                            // its name in the store; empty: not stored yet
  std::shared_ptr<const std::string> as_read;  // the text this was read from, if it was
};

const char* name_of(EntryState state);

// The major version of the form on disk that is read and written here.
inline constexpr std::int64_t kEntryVersion = 1;
// The version that the text says; 0 where it says none.
std::int64_t entry_version(std::string_view text);

std::string to_json(const Entry& entry);
// Nothing when the text is not an entry.
std::optional<Entry> entry_from_json(std::string_view text);

// Text members of the request, read from its body; empty when not there.
std::string request_member(const Entry& entry, const char* name);

// What a row of the account's log says of the entry's submission: its generation and cost, or that
// it failed and nothing is billed.
void take_row(Entry& entry, const AccountRow& row, std::int64_t now);
// Takes amounts of the account's log. A charge is recorded there some time after the generation
// completed; until an hour has passed an amount of 0 stands for nothing.
void take_cost(Entry& entry, const Cost& listed, std::int64_t now);

// The account is told apart without the key being guessable from the file.
void mark_account(Entry& entry, const Secret& key);
bool is_same_account(const Entry& entry, const Secret& key);

}  // namespace klingtext
