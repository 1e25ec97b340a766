// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/reply.h"

#include <gio/gio.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/glib_ptr.h"

namespace klingtext::test {
namespace {

struct Span {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // inclusive
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// One range; what is not understood (several ranges, another unit) is as good as absent.
std::optional<Span> asked_range(const ReceivedRequest& request, std::uint64_t size) {
  const auto text = request.header("Range");
  if (!text || !text->starts_with("bytes=")) return std::nullopt;
  const std::string_view spec = std::string_view(*text).substr(6);
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number(spec.substr(0, dash));
  const std::string_view behind = spec.substr(dash + 1);
  const auto last = number(behind);
  if (!first) {
    if (dash != 0 || !last) return std::nullopt;
    return Span{size - std::min(*last, size), size - 1};
  }
  if (!last && !behind.empty()) return std::nullopt;
  return Span{*first, std::min(last.value_or(size - 1), size - 1)};
}

std::string gzipped(const std::string& plain) {
  auto compressor =
      ObjectPtr<GZlibCompressor>::adopt(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  auto memory = ObjectPtr<GOutputStream>::adopt(g_memory_output_stream_new_resizable());
  auto stream = ObjectPtr<GOutputStream>::adopt(
      g_converter_output_stream_new(memory.get(), G_CONVERTER(compressor.get())));
  g_output_stream_write_all(stream.get(), plain.data(), plain.size(), nullptr, nullptr, nullptr);
  g_output_stream_close(stream.get(), nullptr, nullptr);
  GBytesPtr bytes(g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory.get())));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  return {data, size};
}

}  // namespace

void Reply::drop_header(const std::string& name) {
  std::erase_if(headers, [&](const auto& each) {
    return g_ascii_strcasecmp(each.first.c_str(), name.c_str()) == 0;
  });
}

void Reply::set_header(const std::string& name, const std::string& value) {
  drop_header(name);
  headers.emplace_back(name, value);
}

Reply clip_reply(const ServedClip& clip, const ReceivedRequest& request, const Answer::Plan& plan) {
  const std::uint64_t size = clip.bytes->size();
  const std::string total = std::to_string(plan.total.value_or(size));
  const std::string etag = plan.etag.value_or(clip.etag);
  Reply reply;
  reply.set_header("Content-Type", "video/mp4");
  reply.set_header("Accept-Ranges", "bytes");
  reply.set_header("ETag", etag);

  std::optional<Span> range = asked_range(request, size);
  const auto same_as = request.header("If-Range");
  if (plan.range == Answer::Range::ignored || (same_as && *same_as != etag)) range.reset();
  if (!range) {
    reply.body = *clip.bytes;
  } else if (range->first >= size || range->first > range->last) {
    reply.code = 416;
    reply.set_header("Content-Range", "bytes */" + total);
  } else {
    reply.code = 206;
    reply.body = clip.bytes->substr(range->first, range->last - range->first + 1);
    reply.set_header("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                          std::to_string(range->last) + "/" + total);
  }
  if (plan.content_range) reply.set_header("Content-Range", *plan.content_range);
  return reply;
}

void bend(Reply& reply, const Answer::Plan& plan) {
  if (plan.encoding == Answer::Encoding::gzip) {
    reply.body = gzipped(reply.body);
    reply.set_header("Content-Encoding", "gzip");
  }
  for (const auto& name : plan.without) reply.drop_header(name);
  for (const auto& [name, value] : plan.headers) reply.set_header(name, value);
}

}  // namespace klingtext::test
