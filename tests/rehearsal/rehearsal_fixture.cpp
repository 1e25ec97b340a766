// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/rehearsal_fixture.h"

#include <gtest/gtest.h>
#include <json-glib/json-glib.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/glib_ptr.h"

namespace klingtext::testing {

namespace {

const std::string kBearer = "Authorization: Bearer a-key";
// How often to ask; the tests depend on the answers, never on the time they take.
constexpr std::chrono::milliseconds kPollPause(20);

}  // namespace

TemporaryDir::TemporaryDir() {
  const GCharPtr path(g_dir_make_tmp("klingtext-test-XXXXXX", nullptr));
  path_ = path.get();
}

TemporaryDir::~TemporaryDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string body_of(const std::string& prompt, const std::string& more) {
  return std::string("{\"model\":\"") + kModel + "\",\"prompt\":\"" + prompt + '"' +
         (more.empty() ? "" : ",") + more + '}';
}

Rehearsal::Rehearsal(RehearsalService::Options options) {
  auto service = RehearsalService::start(std::move(options));
  if (!service) throw std::runtime_error(service.error().message);
  service_ = *std::move(service);
}

HttpReply Rehearsal::post(const std::string& body) const {
  return send_request(base_url(), "POST", kGenerations, {kBearer, "Content-Type: application/json"},
                      body);
}

HttpReply Rehearsal::query(const std::string& id) const {
  const GCharPtr escaped(g_uri_escape_string(id.c_str(), nullptr, FALSE));
  return send_request(base_url(), "GET",
                      std::string(kGenerations) + "?generation_id=" + escaped.get(), {kBearer});
}

HttpReply Rehearsal::get(const std::string& url, std::vector<std::string> headers,
                         const std::string& method) const {
  const GUriPtr uri(g_uri_parse(url.c_str(), G_URI_FLAGS_ENCODED, nullptr));
  return send_request(base_url(), method, g_uri_get_path(uri.get()), std::move(headers));
}

std::string Rehearsal::submit(const std::string& body) const {
  const HttpReply reply = post(body);
  EXPECT_EQ(reply.status, 200) << reply.body;
  return member(reply.body, "$.id");
}

HttpReply Rehearsal::settle(const std::string& id) const {
  while (true) {
    HttpReply reply = query(id);
    const std::string status = member(reply.body, "$.status");
    if (status != "queued" && status != "generating") return reply;
    std::this_thread::sleep_for(kPollPause);
  }
}

std::string Rehearsal::generate(const std::string& body) const {
  const HttpReply reply = settle(submit(body));
  EXPECT_EQ(member(reply.body, "$.status"), "completed") << reply.body;
  return member(reply.body, "$.video.url");
}

std::string member(const std::string& json, const std::string& path) {
  using NodePtr = GlibPtr<JsonNode, json_node_unref>;
  const NodePtr root(json_from_string(json.c_str(), nullptr));
  if (root == nullptr) return {};
  const NodePtr matches(json_path_query(path.c_str(), root.get(), nullptr));
  JsonArray* found = json_node_get_array(matches.get());
  if (json_array_get_length(found) == 0) return {};
  JsonNode* node = json_array_get_element(found, 0);
  if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING) {
    return json_node_get_string(node);
  }
  const GCharPtr text(json_to_string(node, FALSE));
  return text.get();
}

}  // namespace klingtext::testing
