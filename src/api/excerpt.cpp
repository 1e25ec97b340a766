// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/excerpt.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace klingtext {
namespace {

constexpr std::size_t kHead = 4096;  // bytes that are looked at
constexpr std::string_view kEndsAUrl = " \t\r\n\"'<>";

bool is_space(char character) {
  return std::string_view(" \t\r\n\f\v").find(character) != std::string_view::npos;
}

// Also where JSON escapes the slashes, and where the URL is relative.
std::string without_queries(std::string_view text) {
  std::string kept;
  while (true) {
    const auto mark = text.find('?');
    if (mark == std::string_view::npos) return kept.append(text);
    const auto end = std::min(text.find_first_of(kEndsAUrl, mark), text.size());
    const bool is_query = text.substr(mark, end - mark).find('=') != std::string_view::npos;
    kept.append(text.substr(0, is_query ? mark + 1 : end));
    if (is_query) kept += "…";
    text.remove_prefix(end);
  }
}

bool is_binary(std::string_view bytes) {
  const auto head = bytes.substr(0, kHead);
  return std::any_of(head.begin(), head.end(), [](char character) {
    return static_cast<unsigned char>(character) < 0x20U && !is_space(character);
  });
}

std::string lower(std::string_view text) {
  std::string all(text);
  std::transform(all.begin(), all.end(), all.begin(), g_ascii_tolower);
  return all;
}

bool is_web_page(const std::string& lower_head) {
  return lower_head.starts_with("<!doctype html") || lower_head.starts_with("<html") ||
         lower_head.starts_with("<head") || lower_head.starts_with("<body");
}

std::string title_in(std::string_view page) {
  const std::string_view head = page.substr(0, kHead);
  const std::string names = lower(head);
  const auto tag = names.find("<title");
  const auto begin = tag == std::string::npos ? tag : names.find('>', tag);
  const auto end = begin == std::string::npos ? begin : names.find("</title", begin);
  if (end == std::string::npos) return {};
  return trimmed(head.substr(begin + 1, end - begin - 1));
}

struct Magic {
  std::size_t at;
  std::string_view bytes;
  const char* kind;
};

constexpr std::array<Magic, 16> kMagic{{
    {0, "\x1a\x45\xdf\xa3", "a WebM or Matroska file"},
    {0, "OggS", "an Ogg file"},
    {8, "AVI ", "an AVI file"},
    {8, "WEBP", "a WebP image"},
    {0, "FLV\x01", "a Flash video"},
    {0, "\x89PNG", "a PNG image"},
    {0, "\xff\xd8\xff", "a JPEG image"},
    {0, "GIF8", "a GIF image"},
    {0, "%PDF-", "a PDF document"},
    {0, "PK\x03\x04", "a ZIP archive"},
    {0, "\x1f\x8b", "gzip data"},
    {0, "\x28\xb5\x2f\xfd", "Zstandard data"},
    {0, "BZh", "bzip2 data"},
    {0, "#EXTM3U", "an HLS playlist"},
    {0, "<?xml", "an XML document"},
    {0, "ID3", "an MP3 file"},
}};

constexpr std::size_t kTransportPacket = 188;  // bytes

}  // namespace

std::string excerpt(std::string_view text, std::size_t max_characters) {
  const std::string_view head = text.substr(0, 8 * max_characters + kHead);
  std::string spaced;
  for (const char character : without_queries(trimmed(head))) {
    if (!is_space(character)) {
      spaced += character;
    } else if (!spaced.ends_with(' ')) {
      spaced += ' ';
    }
  }
  return one_line(spaced, max_characters);
}

std::string excerpt_of_bytes(std::string_view bytes, std::size_t max_characters) {
  if (is_binary(bytes)) return std::to_string(bytes.size()) + " bytes of binary data";
  if (is_web_page(lower(trimmed(bytes.substr(0, kHead))))) {
    if (const std::string title = title_in(bytes); !title.empty()) {
      return "web page: " + excerpt(title, max_characters);
    }
  }
  return excerpt(bytes, max_characters);
}

std::string describe_content(std::string_view head) {
  for (const Magic& magic : kMagic) {
    if (head.size() > magic.at && head.substr(magic.at).starts_with(magic.bytes)) return magic.kind;
  }
  if (head.starts_with('G') && head.size() > kTransportPacket && head[kTransportPacket] == 'G') {
    return "an MPEG transport stream";
  }
  if (is_binary(head)) return "binary data";
  const std::string text = lower(trimmed(head.substr(0, kHead)));
  if (is_web_page(text)) return "a web page";
  if (text.starts_with('{') || text.starts_with("[{")) return "a JSON document";
  return "text that begins \"" + one_line(head, 80) + "\"";
}

}  // namespace klingtext
