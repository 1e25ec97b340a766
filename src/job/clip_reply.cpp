// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/clip_reply.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A strong ETag, else the date: what If-Range can hold a server to (RFC 9110, 13.1.5).
std::string validator_of(const HeaderOf& header) {
  std::string etag = trimmed(header("etag"));
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') return etag;
  return trimmed(header("last-modified"));
}

// A part of a compressed file (RFC 9110, 14.1.2), which its bytes cannot show. Other codings are
// storage metadata ("aws-chunked", "UTF-8") and say nothing about the bytes.
bool is_compressed(const HeaderOf& header) {
  static constexpr std::array kCodings{"gzip", "x-gzip", "deflate", "compress", "br", "zstd"};
  const GCharPtr lower(g_ascii_strdown(header("content-encoding").c_str(), -1));
  const std::string_view encoding = lower.get();
  return std::any_of(kCodings.begin(), kCodings.end(), [&](const char* coding) {
    return encoding.find(coding) != std::string_view::npos;
  });
}

ClipReply judge_part(const HeaderOf& header, std::uint64_t from) {
  ClipReply reply;
  const auto range = parse_content_range(header("content-range"));
  if (!range || range->first != from) {
    reply.verdict = ClipReply::Verdict::no_range;
    reply.why = "it answers another range than was asked for";
    return reply;
  }
  if (is_compressed(header)) {
    reply.verdict = ClipReply::Verdict::no_range;
    reply.why = "it compresses a part of the file";
    return reply;
  }
  reply.verdict = ClipReply::Verdict::part;
  reply.pin = {range->total.value_or(0), validator_of(header)};
  return reply;
}

ClipReply judge_whole(const HeaderOf& header) {
  ClipReply reply;
  reply.verdict = ClipReply::Verdict::whole;
  const bool chunked = !header("transfer-encoding").empty();
  const auto length = number(trimmed(header("content-length")));
  if (!chunked && length == 0U) {
    reply.verdict = ClipReply::Verdict::later;
    reply.why = "it is empty";
    return reply;
  }
  reply.pin = {chunked ? 0 : length.value_or(0), validator_of(header)};
  return reply;
}

}  // namespace

std::optional<ContentRange> parse_content_range(const std::string& value) {
  std::string_view text = value;
  if (text.size() < 6 || g_ascii_strncasecmp(value.c_str(), "bytes ", 6) != 0) return std::nullopt;
  text.remove_prefix(6);
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) {
    return std::nullopt;
  }
  const auto first = number(text.substr(0, dash));
  const auto last = number(text.substr(dash + 1, slash - dash - 1));
  const auto total = number(text.substr(slash + 1));
  if (!first || !last || *first > *last || (!total && text.substr(slash + 1) != "*")) {
    return std::nullopt;
  }
  if (total && *last >= *total) return std::nullopt;
  return ContentRange{*first, *last, total};
}

// Content-Encoding of a whole file is not looked at: identity was asked for, and the first bytes
// show whether it is an MP4.
ClipReply judge_clip_reply(unsigned status, const HeaderOf& header,
                           std::optional<std::uint64_t> from, std::int64_t now_unix) {
  using Verdict = ClipReply::Verdict;
  ClipReply reply;
  reply.retry_after = parse_retry_after(header("retry-after"), now_unix);
  reply.why = "it answers HTTP " + std::to_string(status);
  switch (status) {
    case 200:
      return judge_whole(header);
    case 206:
      if (from) return judge_part(header, *from);
      reply.why = "it sends a part although the whole was asked for";
      return reply;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      reply.verdict = Verdict::elsewhere;
      reply.location = header("location");
      return reply;
    case 400:
    case 401:
    case 403:
    case 404:
    case 409:
    case 410:
      reply.verdict = Verdict::expired;
      return reply;
    case 416:
      reply.verdict = Verdict::no_range;
      return reply;
    case 408:
    case 425:
    case 429:
      reply.verdict = Verdict::later;
      return reply;
    default:
      break;
  }
  if (status >= 500) reply.verdict = Verdict::later;
  return reply;
}

}  // namespace klingtext
