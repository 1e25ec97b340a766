// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/clip_reply.h"

#include <sys/stat.h>

#include <string>

#include "base/text.h"
#include "rehearsal/byte_range.h"

namespace klingtext::rehearsal {

namespace {

using MappedFilePtr = GlibPtr<GMappedFile, g_mapped_file_unref>;

struct Validators {
  std::string etag;  // strong: clips never change once they have their name
  std::string last_modified;
};

Validators validators_of(const std::filesystem::path& file, const struct stat& facts) {
  const std::string identity = file.filename().string() + ' ' + std::to_string(facts.st_size) +
                               ' ' + std::to_string(facts.st_mtim.tv_sec) + '.' +
                               std::to_string(facts.st_mtim.tv_nsec);
  const GDateTimePtr modified(g_date_time_new_from_unix_utc(facts.st_mtim.tv_sec));
  const GCharPtr date(soup_date_time_to_string(modified.get(), SOUP_DATE_HTTP));
  return {.etag = '"' + sha256_hex(identity).substr(0, 32) + '"', .last_modified = date.get()};
}

// Whether a part may be sent: the client either does not care, or has the file we have.
bool range_holds(const Exchange& exchange, const Validators& validators) {
  const std::string condition = exchange.request_header("If-Range");
  return condition.empty() || condition == validators.etag || condition == validators.last_modified;
}

ByteRange wanted_range(const Exchange& exchange, const Validators& validators, std::uint64_t size) {
  const std::string header = exchange.request_header("Range");
  // libsoup would cut a whole answer to this header by itself, without a look at If-Range.
  exchange.remove_request_header("Range");
  // Ranges are defined for GET alone.
  if (header.empty() || exchange.method() != "GET" || !range_holds(exchange, validators)) return {};
  return choose_range(header, size);
}

void send_bytes(const Exchange& exchange, const GBytesPtr& file, std::uint64_t first,
                std::uint64_t count) {
  const GBytesPtr part(g_bytes_new_from_bytes(file.get(), first, count));
  exchange.set_header("Content-Type", "video/mp4");
  soup_message_body_append_bytes(soup_server_message_get_response_body(exchange.message()),
                                 part.get());
}

void send_range(const Exchange& exchange, const GBytesPtr& file, const ByteRange& range) {
  const auto size = static_cast<std::uint64_t>(g_bytes_get_size(file.get()));
  SoupServerMessage* message = exchange.message();
  switch (range.kind) {
    case ByteRange::Kind::unsatisfiable:
      exchange.set_header("Content-Range", "bytes */" + std::to_string(size));
      return exchange.reply_problem(SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE,
                                    "RangeNotSatisfiable", "The clip has no such bytes");
    case ByteRange::Kind::part:
      soup_server_message_set_status(message, SOUP_STATUS_PARTIAL_CONTENT, nullptr);
      exchange.set_header("Content-Range", "bytes " + std::to_string(range.first) + '-' +
                                               std::to_string(range.last) + '/' +
                                               std::to_string(size));
      return send_bytes(exchange, file, range.first, range.last - range.first + 1);
    case ByteRange::Kind::whole:
      soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
      return send_bytes(exchange, file, 0, size);
  }
}

}  // namespace

void reply_clip(const Exchange& exchange, const std::filesystem::path& file) {
  struct stat facts {};
  // Mapped, so that a slow download holds pages of the file and not memory of its own.
  const MappedFilePtr mapped(g_mapped_file_new(file.c_str(), FALSE, nullptr));
  if (mapped == nullptr || stat(file.c_str(), &facts) != 0) {
    return exchange.reply_problem(SOUP_STATUS_NOT_FOUND, "NotFound", "There is no such clip");
  }
  const Validators validators = validators_of(file, facts);
  exchange.set_header("ETag", validators.etag);
  exchange.set_header("Last-Modified", validators.last_modified);
  exchange.set_header("Accept-Ranges", "bytes");
  if (exchange.request_header("If-None-Match") == validators.etag) {
    return soup_server_message_set_status(exchange.message(), SOUP_STATUS_NOT_MODIFIED, nullptr);
  }
  const GBytesPtr bytes(g_mapped_file_get_bytes(mapped.get()));
  send_range(exchange, bytes, wanted_range(exchange, validators, g_bytes_get_size(bytes.get())));
}

}  // namespace klingtext::rehearsal
