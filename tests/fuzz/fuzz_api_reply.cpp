// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of any reply of the API: what comes out is fit for a sentence, a terminal and the
// journal.
#include <glib.h>

#include "api/excerpt.h"
#include "api/http_errors.h"
#include "api/wire.h"
#include "fuzz/target.h"
#include "store/entry.h"

namespace klingtext::fuzz {
namespace {

bool is_one_line(const std::string& text) {
  if (!g_utf8_validate_len(text.data(), text.size(), nullptr)) return false;
  for (const char* at = text.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
    if (g_unichar_iscntrl(g_utf8_get_char(at))) return false;
  }
  return true;
}

void check(const ServiceError& error) {
  must(is_one_line(error.name), "an error's name is one line of text");
  must(is_one_line(error.message), "an error's message is one line of text");
}

// An id that the journal could not give back would be a paid generation lost.
void check_journal(const GenerationReply& reply) {
  Entry entry;
  entry.key = "key";
  entry.service = "service";
  entry.state = EntryState::accepted;
  entry.generation_id = reply.id;
  entry.error = reply.error;
  entry.cost = reply.cost;
  const auto again = entry_from_json(to_json(entry));
  must(again.has_value(), "what the service says can be kept");
  must(again->generation_id == reply.id, "the id comes back from the journal");
  must(again->error.message == reply.error.message, "the error comes back from the journal");
}

}  // namespace
}  // namespace klingtext::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  const std::string_view body = text_of(data, size);
  const auto reply = parse_generation(body);
  if (reply.ok()) {
    must(is_one_line(reply->id), "an id is one line of text");
    must(is_one_line(reply->status_text), "a status is one line of text");
    check(reply->error);
    check_journal(*reply);
  } else {
    must(is_one_line(reply.error().why), "the reason is one line of text");
  }
  check(parse_http_error(body));
  must(is_one_line(describe_content(body)), "a kind of content is one line of text");
  for (const unsigned status : {302U, 400U, 401U, 403U, 404U, 418U, 429U, 500U, 503U}) {
    const HttpReply http{status, {}, std::string(body)};
    for (const Doing doing : {Doing::submitting, Doing::polling}) {
      must(is_one_line(error_of_status(http, doing).message), "an error is one line of text");
    }
  }
  return 0;
}
