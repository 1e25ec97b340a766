// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/directive.h"

#include "rehearsal/json_text.h"

namespace klingtext::rehearsal {

namespace {

constexpr const char* kHeader = "X-Rehearsal-Fail";
constexpr const char* kMember = "rehearsal_fail";

std::string member_of(const Submission& submission) {
  const JsonNodePtr root = parse_json(submission.members);
  return string_member(json_node_get_object(root.get()), kMember).value_or("");
}

}  // namespace

Result<std::vector<Fault>> read_directive(const Exchange& exchange, const Call& call) {
  std::string text = exchange.request_header(kHeader);
  if (call.submission != nullptr) text += ';' + member_of(*call.submission);
  return parse_faults(text);
}

}  // namespace klingtext::rehearsal
