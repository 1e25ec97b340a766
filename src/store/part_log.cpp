// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/part_log.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "api/json_reader.h"
#include "api/json_text.h"
#include "base/process_id.h"
#include "base/text.h"
#include "store/store_dir.h"

namespace klingtext {
namespace {

// Bytes: what no longer goes in is fetched again after a restart.
constexpr std::size_t kMaxLog = 8 << 20;
// No record crosses a page, so a kill cannot leave half of one: the kernel copies a page in one go.
constexpr std::size_t kRecord = 64;  // bytes

std::string padded(std::string line) {
  line.resize((line.size() / kRecord + 1) * kRecord - 1, ' ');
  return line + '\n';
}

// "begin end", and spaces.
std::optional<ByteRange> parse_record(std::string_view record) {
  ByteRange range;
  const char* const end = record.data() + record.size();
  const auto first = std::from_chars(record.data(), end, range.begin);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ' ') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, range.end);
  if (second.ec != std::errc() || !trimmed(std::string(second.ptr, end)).empty()) {
    return std::nullopt;
  }
  return range;
}

}  // namespace

std::optional<PartLog::Content> PartLog::parse(std::string_view text, std::string_view boot,
                                               std::uint64_t written) {
  const std::size_t head = text.find('\n');
  if (head == std::string_view::npos || (head + 1) % kRecord != 0) return std::nullopt;
  const JsonNodePtr node = read_json_object(std::string(text.substr(0, head)));
  if (node == nullptr) return std::nullopt;
  JsonObject* object = json_node_get_object(node.get());
  const auto length = integer_member(object, "length");
  if (!length || *length <= 0 || string_member(object, "boot").value_or("") != boot) {
    return std::nullopt;
  }
  Content content{
      {static_cast<std::uint64_t>(*length), string_member(object, "validator").value_or("")}, {}};
  content.size = head + 1;
  while (text.size() - content.size >= kRecord) {
    const auto range = parse_record(text.substr(content.size, kRecord));
    if (!range) break;
    content.size += kRecord;
    const bool fits = range->end <= written && range->end <= content.pin.length;
    if (fits) content.present.add(*range);
  }
  return content;
}

std::optional<PartLog::Content> PartLog::read(std::uint64_t written) {
  std::string text;
  std::string piece(1 << 16, '\0');
  while (text.size() <= kMaxLog) {
    const ssize_t got =
        pread(fd_.get(), piece.data(), piece.size(), static_cast<off_t>(text.size()));
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    text.append(piece, 0, static_cast<std::size_t>(got));
  }
  // Bytes written by a process that was killed are in the page cache; after a power cut the log may
  // be ahead of them. The boot id tells the two apart.
  auto content = parse(text, boot_id(), written);
  if (content) end_ = content->size;
  return content;
}

int PartLog::start(const std::optional<Pin>& pin) {
  last_ = {};
  if (ftruncate(fd_.get(), 0) != 0) return errno;
  const std::string head = padded("{\"version\":1,\"length\":" +
                                  json_integer(pin ? static_cast<std::int64_t>(pin->length) : 0) +
                                  ",\"validator\":" + json_string(pin ? pin->validator : "") +
                                  ",\"boot\":" + json_string(boot_id()) + "}");
  end_ = head.size();
  return write_fully(fd_.get(), head, 0);
}

void PartLog::note(ByteRange piece) {
  const bool grows = last_.begin < last_.end && last_.end == piece.begin;
  if (grows) piece.begin = last_.begin;
  const std::uint64_t at = grows ? end_ - kRecord : end_;
  if (at + kRecord > kMaxLog) return;
  const std::string record = padded(std::to_string(piece.begin) + ' ' + std::to_string(piece.end));
  if (write_fully(fd_.get(), record, static_cast<off_t>(at)) != 0) return;
  last_ = piece;
  end_ = at + kRecord;
}

void PartLog::forget() {
  (void)!ftruncate(fd_.get(), 0);
  end_ = 0;
  last_ = {};
}

}  // namespace klingtext
