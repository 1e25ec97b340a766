// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/history.h"

#include <algorithm>
#include <cmath>

#include "api/json_reader.h"
#include "api/json_writer.h"

namespace klingtext {
namespace {

constexpr const char* kFile = "history.json";
constexpr std::size_t kMaxFile = 1 << 20;
constexpr std::size_t kRemembered = 50;  // runs of one kind

JsonNodePtr read_history(const StoreDir& store) {
  const auto text = store.read_file(kFile, kMaxFile);
  JsonNodePtr root = text.ok() && *text ? read_json_object(**text) : nullptr;
  if (root != nullptr) return root;
  root.reset(json_node_new(JSON_NODE_OBJECT));
  json_node_take_object(root.get(), json_object_new());
  return root;
}

std::vector<double> times_in(JsonObject* history, const std::string& kind) {
  std::vector<double> times;
  JsonArray* array = array_member(history, kind.c_str());
  const guint length = array == nullptr ? 0 : json_array_get_length(array);
  for (guint i = 0; i < length; ++i) {
    JsonNode* node = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_VALUE(node)) continue;
    const double seconds = json_node_get_double(node);
    if (std::isfinite(seconds) && seconds > 0) times.push_back(seconds);
  }
  return times;
}

void set_times(JsonObject* history, const std::string& kind, const std::vector<double>& times) {
  JsonArray* array = json_array_new();
  for (std::size_t i = times.size() - std::min(times.size(), kRemembered); i < times.size(); ++i) {
    json_array_add_double_element(array, times[i]);
  }
  json_object_set_array_member(history, kind.c_str(), array);
}

}  // namespace

std::vector<double> remembered_numbers(const StoreDir& store, const std::string& kind) {
  const JsonNodePtr root = read_history(store);
  return times_in(json_node_get_object(root.get()), kind);
}

void remember_generation_time(const StoreDir& store, const std::string& kind, double seconds) {
  remember_number(store, kind, std::round(seconds * 10) / 10);
}

void remember_number(const StoreDir& store, const std::string& kind, double number) {
  const auto lock = store.try_lock("history.lock");
  if (!lock.ok() || *lock == nullptr) return;  // another process writes; one run more or less
  const JsonNodePtr root = read_history(store);
  JsonNodePtr changed(json_node_new(JSON_NODE_OBJECT));
  JsonObject* target = json_object_new();
  json_node_take_object(changed.get(), target);
  JsonObject* known = json_node_get_object(root.get());
  const GlibPtr<GList, g_list_free> kinds(json_object_get_members(known));
  for (const GList* each = kinds.get(); each != nullptr; each = each->next) {
    const auto* name = static_cast<const char*>(each->data);
    set_times(target, name, times_in(known, name));
  }
  std::vector<double> times = times_in(known, kind);
  times.push_back(number);
  set_times(target, kind, times);
  (void)store.replace_file(kFile, write_json(changed.get(), JsonLayout::readable));
}

}  // namespace klingtext
