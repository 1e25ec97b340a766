// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/extra_values.h"

#include <string>
#include <string_view>

namespace klingtext {
namespace {

// An initialised GValue that clears itself.
class Value {
 public:
  Value() = default;
  ~Value() {
    if (G_IS_VALUE(&value_)) g_value_unset(&value_);
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  GValue* get() { return &value_; }

 private:
  GValue value_ = G_VALUE_INIT;
};

// GStreamer's texts and names end at the first NUL: what stands behind it would be lost.
bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

bool fill(GValue* into, const toml::node& from);

// GStreamer's lists hold values of one type.
bool fill_list(GValue* into, const toml::array& from) {
  if (!from.empty() && !from.is_homogeneous()) return false;
  g_value_init(into, GST_TYPE_LIST);
  for (const toml::node& item : from) {
    Value value;
    if (!fill(value.get(), item)) return false;
    gst_value_list_append_value(into, value.get());
  }
  return true;
}

bool fill(GValue* into, const toml::node& from) {
  if (const auto* list = from.as_array()) return fill_list(into, *list);
  if (const auto* text = from.as_string()) {
    if (has_nul(text->get())) return false;
    g_value_init(into, G_TYPE_STRING);
    g_value_set_string(into, text->get().c_str());
  } else if (const auto* integer = from.as_integer()) {
    g_value_init(into, G_TYPE_INT64);
    g_value_set_int64(into, integer->get());
  } else if (const auto* number = from.as_floating_point()) {
    g_value_init(into, G_TYPE_DOUBLE);
    g_value_set_double(into, number->get());
  } else if (const auto* boolean = from.as_boolean()) {
    g_value_init(into, G_TYPE_BOOLEAN);
    g_value_set_boolean(into, static_cast<gboolean>(boolean->get()));
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::shared_ptr<const GstStructure> extra_values(const toml::table& table) {
  std::shared_ptr<GstStructure> structure(gst_structure_new_empty("extra-params"),
                                          gst_structure_free);
  for (const auto& [name, node] : table) {
    Value value;
    if (has_nul(name.str()) || !fill(value.get(), node)) return nullptr;
    gst_structure_set_value(structure.get(), std::string(name.str()).c_str(), value.get());
  }
  return structure;
}

}  // namespace klingtext
