// SPDX-License-Identifier: LGPL-2.1-or-later
#include "properties.h"

#include <vector>

#include "enums.h"
#include "property.h"
#include "stats.h"

namespace klingtext {
namespace {

constexpr auto kReading = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

// All settings in the order of their ids, which begin at 1.
const std::vector<Property>& settings_table() {
  static const std::vector<Property> table = [] {
    std::vector<Property> rows;
    for (const auto part : {request_properties(), service_properties(), store_properties()}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return table;
}

// Borrowed from the class, in the order of their ids.
std::vector<GParamSpec*>& installed_specs() {
  static auto& specs = *new std::vector<GParamSpec*>;
  return specs;
}

guint status_id() {
  return static_cast<guint>(settings_table().size()) + 1;
}
guint stats_id() {
  return status_id() + 1;
}

const Property* setting(guint id) {
  return id >= 1 && id < status_id() ? &settings_table()[id - 1] : nullptr;
}

}  // namespace

void install_properties(GObjectClass* object_class) {
  const Settings defaults;
  for (guint id = 1; id < status_id(); ++id) {
    GParamSpec* spec = setting(id)->describe(defaults);
    g_object_class_install_property(object_class, id, spec);
    installed_specs().push_back(spec);
  }
  g_object_class_install_property(
      object_class, status_id(),
      g_param_spec_enum("status", "Status", "Where the generation stands", job_status_type(),
                        static_cast<gint>(JobStatus::idle), kReading));
  g_object_class_install_property(
      object_class, stats_id(),
      g_param_spec_boxed("stats", "Statistics",
                         "Ids, counts, times in nanoseconds and cost of the generation",
                         GST_TYPE_STRUCTURE, kReading));
}

void notify_changes(GObject* object, const Settings& before, const Settings& after) {
  g_object_freeze_notify(object);
  for (guint id = 1; id < status_id(); ++id) {
    GParamSpec* spec = installed_specs()[id - 1];
    if (setting(id)->get == nullptr || G_IS_PARAM_SPEC_BOXED(spec)) continue;
    GValue old = G_VALUE_INIT;
    GValue now = G_VALUE_INIT;
    g_value_init(&old, spec->value_type);
    g_value_init(&now, spec->value_type);
    setting(id)->get(before, &old);
    setting(id)->get(after, &now);
    if (g_param_values_cmp(spec, &old, &now) != 0) g_object_notify_by_pspec(object, spec);
    g_value_unset(&old);
    g_value_unset(&now);
  }
  g_object_thaw_notify(object);
}

bool set_property(Source& source, guint id, const GValue* value) {
  const Property* property = setting(id);
  if (property == nullptr) return false;
  property->set(*source.settings().lock(), value);
  return true;
}

bool get_property(Source& source, guint id, GValue* value) {
  if (const Property* property = setting(id)) {
    if (property->get == nullptr) return false;
    property->get(*source.settings().lock(), value);
    return true;
  }
  if (id == status_id()) g_value_set_enum(value, static_cast<gint>(source.status()));
  if (id == stats_id()) g_value_take_boxed(value, stats_of(source.report()));
  return id == status_id() || id == stats_id();
}

}  // namespace klingtext
