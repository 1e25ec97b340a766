// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/http_reply.h"

#include <gio/gio.h>

#include <algorithm>
#include <array>

#include "base/glib_ptr.h"
#include "base/text.h"

namespace klingtext::testing {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), g_ascii_tolower);
  return text;
}

ObjectPtr<GSocketConnection> connect_and_send(const std::string& base_url,
                                              const std::string& bytes) {
  const GUriPtr url(g_uri_parse(base_url.c_str(), G_URI_FLAGS_NONE, nullptr));
  const auto client = ObjectPtr<GSocketClient>::adopt(g_socket_client_new());
  auto connection = ObjectPtr<GSocketConnection>::adopt(g_socket_client_connect_to_host(
      client.get(), g_uri_get_host(url.get()), static_cast<guint16>(g_uri_get_port(url.get())),
      nullptr, nullptr));
  if (connection) {
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection.get())),
                              bytes.data(), bytes.size(), nullptr, nullptr, nullptr);
  }
  return connection;
}

gssize receive(const ObjectPtr<GSocketConnection>& connection, std::array<char, 65536>& chunk) {
  return g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection.get())),
                             chunk.data(), chunk.size(), nullptr, nullptr);
}

}  // namespace

std::string HttpReply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string exchange_bytes(const std::string& base_url, const std::string& bytes) {
  const auto connection = connect_and_send(base_url, bytes);
  std::string received;
  std::array<char, 65536> chunk{};
  gssize count = 0;
  while (connection && (count = receive(connection, chunk)) > 0) {
    received.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return received;
}

void leave_after_one_reply(const std::string& base_url, const std::string& bytes) {
  const auto connection = connect_and_send(base_url, bytes);
  std::array<char, 65536> chunk{};
  if (connection) receive(connection, chunk);
}

HttpReply parse_reply(const std::string& bytes) {
  HttpReply reply;
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return reply;
  reply.body = bytes.substr(head_end + 4);
  std::size_t line_start = 0;
  while (line_start < head_end) {
    const std::size_t line_end = std::min(bytes.find("\r\n", line_start), head_end);
    const std::string line = bytes.substr(line_start, line_end - line_start);
    const std::size_t colon = line.find(':');
    if (line_start == 0) {
      reply.status = std::stoi(line.substr(line.find(' ') + 1));
    } else if (colon != std::string::npos) {
      reply.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    }
    line_start = line_end + 2;
  }
  return reply;
}

HttpReply send_request(const std::string& base_url, const std::string& method,
                       const std::string& target, std::vector<std::string> headers,
                       const std::string& body) {
  const GUriPtr url(g_uri_parse(base_url.c_str(), G_URI_FLAGS_NONE, nullptr));
  std::string request = method + ' ' + target + " HTTP/1.1\r\n";
  if (std::none_of(headers.begin(), headers.end(),
                   [](const std::string& line) { return lower(line).starts_with("host:"); })) {
    headers.push_back("Host: 127.0.0.1:" + std::to_string(g_uri_get_port(url.get())));
  }
  headers.push_back("Connection: close");
  if (!body.empty()) headers.push_back("Content-Length: " + std::to_string(body.size()));
  for (const std::string& line : headers) request += line + "\r\n";
  return parse_reply(exchange_bytes(base_url, request + "\r\n" + body));
}

}  // namespace klingtext::testing
