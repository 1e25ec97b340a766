// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/submission.h"

namespace klingtext {

Error unknown_outcome(const Entry& entry, const std::string& found) {
  const std::string why = entry.error.message.empty()
                              ? "The program ended while it was being submitted."
                              : entry.error.message;
  const std::string& id = entry.client_request_id;
  const std::string ways =
      id.empty()
          ? " Look in the account's log for the time of its submission; if it is there, set "
            "generation-id to its id; if not, klingtext-journal forget --force " +
                entry.key.substr(0, 16) + " gives it up; or set another take."
          : " Look for client request id " + id +
                " in the account's log; if it is there, set generation-id to its id; if not, set "
                "resubmit=" +
                id + " to give it up and submit once more; or set another take.";
  return Error{.kind = ErrorKind::cannot_submit,
               .message =
                   "Whether the service accepted this request is unknown: it may exist and be "
                   "billed, so it is not sent again. (" +
                   why + ") " + found + ways,
               .client_request_id = id};
}

Error not_submitted_in_time(const RunContext& run, const std::string& why) {
  const auto seconds = static_cast<long>(run.spec().generation_timeout.count());
  return Error{.kind = ErrorKind::cannot_submit,
               .message = "The request was not submitted within " + std::to_string(seconds) +
                          " s, because " + why +
                          ". Nothing was bought by this run. Run it again later, or raise "
                          "generation-timeout."};
}

}  // namespace klingtext
