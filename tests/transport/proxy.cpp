// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transport/proxy.h"

#include "transport/relay.h"

namespace klingtext::test {
namespace {

struct Target {
  std::string host;
  std::string path;  // of a request in absolute form
};

Target target_of(const ReceivedRequest& request) {
  std::string_view text = request.target;
  if (text.starts_with("http://")) text.remove_prefix(7);
  const auto slash = std::min(text.find('/'), text.size());
  const std::string_view authority = text.substr(0, slash);
  return {std::string(authority.substr(0, authority.rfind(':'))), std::string(text.substr(slash))};
}

std::string as_text(const ReceivedRequest& request, const std::string& target) {
  std::string text = request.method + ' ' + target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  return text + "\r\n" + request.body;
}

}  // namespace

Proxy::Proxy(std::map<std::string, std::uint16_t> names) : names_(std::move(names)) {
  listener_ = std::make_unique<Listener>(
      std::uint16_t{0},
      [this](const std::stop_token&, SocketStream& stream, std::uint16_t) { serve(stream); });
}

void Proxy::serve(SocketStream& stream) {
  auto request = stream.read_head();
  if (!request || !stream.read_body(*request)) return;
  {
    auto seen = seen_.lock();
    seen->asked.push_back(request->method + ' ' + request->target);
    seen->bytes += as_text(*request, request->target);
  }
  const Target target = target_of(*request);
  const auto name = names_.find(target.host);
  if (name == names_.end()) {
    stream.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return stream.finish();
  }
  const UniqueFd service = connection_to(name->second);
  const End there = plain_end(service.get());
  if (request->method == "CONNECT") {
    stream.send("HTTP/1.1 200 Connection established\r\n\r\n");
  } else {
    there.write(as_text(*request, target.path));
  }
  relay(plain_end(stream.descriptor()), there,
        [this](std::string_view bytes) { seen_.lock()->bytes += bytes; });
}

}  // namespace klingtext::test
