// SPDX-License-Identifier: LGPL-2.1-or-later
// One property that is a setting: how it is described, set and read, in one row of a table.
#pragma once

#include <gst/gst.h>

#include <span>
#include <string>

#include "settings.h"

namespace klingtext {

struct Property {
  // Floating, as g_object_class_install_property takes it. The defaults are the settings' own.
  GParamSpec* (*describe)(const Settings& defaults);
  void (*set)(Settings& settings, const GValue* value);
  void (*get)(const Settings& settings, GValue* value);  // null: write-only
};

std::span<const Property> request_properties();
std::span<const Property> service_properties();
std::span<const Property> store_properties();

// A setting is taken when a run begins; a change later is for the next run.
inline constexpr auto kSetting =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
// Never readable: dot dumps, presets and gst-launch -v show whatever is.
inline constexpr auto kSecret =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

inline std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text == nullptr ? std::string() : text;
}

// Empty and unset are the same to all texts but the prompts.
inline void put_text(GValue* value, const std::string& text) {
  g_value_set_string(value, text.empty() ? nullptr : text.c_str());
}

// The setters and getters of members that are just what the property is.
template <auto Member>
void set_text(Settings& settings, const GValue* value) {
  settings.*Member = text_of(value);
}
template <auto Member>
void get_text(const Settings& settings, GValue* value) {
  put_text(value, settings.*Member);
}
template <auto Member>
void set_optional_text(Settings& settings, const GValue* value) {
  (settings.*Member).reset();
  if (g_value_get_string(value) != nullptr) settings.*Member = text_of(value);
}
template <auto Member>
void get_optional_text(const Settings& settings, GValue* value) {
  put_text(value, (settings.*Member).value_or(""));
}
template <auto Member>
void set_boolean(Settings& settings, const GValue* value) {
  settings.*Member = g_value_get_boolean(value) != FALSE;
}
template <auto Member>
void get_boolean(const Settings& settings, GValue* value) {
  g_value_set_boolean(value, static_cast<gboolean>(settings.*Member));
}
template <auto Member>
void set_uint(Settings& settings, const GValue* value) {
  settings.*Member = g_value_get_uint(value);
}
template <auto Member>
void get_uint(const Settings& settings, GValue* value) {
  g_value_set_uint(value, settings.*Member);
}
template <auto Member>
void set_uint64(Settings& settings, const GValue* value) {
  settings.*Member = g_value_get_uint64(value);
}
template <auto Member>
void get_uint64(const Settings& settings, GValue* value) {
  g_value_set_uint64(value, settings.*Member);
}

}  // namespace klingtext
