// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/part_log.h"

#include <charconv>

#include "api/json_reader.h"
#include "api/json_text.h"
#include "base/text.h"

namespace klingtext {
namespace {

// Bytes written by a process that was killed are in the page cache; after a power cut the log may
// be ahead of them. The boot id tells the two apart.
std::string boot_id() {
  char* text = nullptr;
  if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, nullptr, nullptr)) return {};
  const GCharPtr owned(text);
  return trimmed(text);
}

std::optional<Pin> read_head(std::string_view line) {
  const JsonNodePtr head = read_json_object(line);
  if (head == nullptr) return std::nullopt;
  JsonObject* object = json_node_get_object(head.get());
  const auto length = integer_member(object, "length");
  if (!length || *length <= 0 || string_member(object, "boot").value_or("") != boot_id()) {
    return std::nullopt;
  }
  return Pin{static_cast<std::uint64_t>(*length), string_member(object, "validator").value_or("")};
}

std::optional<ByteRange> read_line(std::string_view line) {
  ByteRange piece;
  const char* const end = line.data() + line.size();
  const auto first = std::from_chars(line.data(), end, piece.begin);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ' ') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, piece.end);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  return piece;
}

}  // namespace

std::string part_log_head(const std::optional<Pin>& pin) {
  return "{\"version\":1,\"length\":" +
         json_integer(pin ? static_cast<std::int64_t>(pin->length) : 0) +
         ",\"validator\":" + json_string(pin ? pin->validator : "") +
         ",\"boot\":" + json_string(boot_id()) + "}\n";
}

std::string part_log_line(ByteRange piece) {
  return std::to_string(piece.begin) + ' ' + std::to_string(piece.end) + '\n';
}

std::optional<PartLog> read_part_log(std::string_view text, std::uint64_t size) {
  const auto end_of_head = text.find('\n');
  auto pin = read_head(text.substr(0, end_of_head));
  if (!pin || end_of_head == std::string_view::npos) return std::nullopt;
  PartLog log{*std::move(pin), {}};
  text.remove_prefix(end_of_head + 1);
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const auto piece = read_line(text.substr(0, end));
    if (!piece) break;
    if (piece->begin < piece->end && piece->end <= size && piece->end <= log.pin.length) {
      log.present.add(*piece);
    }
    text.remove_prefix(end + 1);
  }
  return log;
}

}  // namespace klingtext
