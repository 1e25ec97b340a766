// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extra_params.h"

#include <cmath>
#include <optional>

#include "api/json_text.h"
#include "base/text.h"

namespace klingtext {
namespace {

std::optional<std::string> json_of(const GValue* value);

template <typename Size, typename Item>
std::optional<std::string> json_list(const GValue* value, Size size, Item item) {
  std::string text = "[";
  for (guint i = 0; i < size(value); ++i) {
    const auto element = json_of(item(value, i));
    if (!element) return std::nullopt;
    text += (i == 0 ? "" : ",") + *element;
  }
  return text + ']';
}

std::optional<std::string> json_of(const GValue* value) {
  if (GST_VALUE_HOLDS_LIST(value)) {
    return json_list(value, gst_value_list_get_size, gst_value_list_get_value);
  }
  if (GST_VALUE_HOLDS_ARRAY(value)) {
    return json_list(value, gst_value_array_get_size, gst_value_array_get_value);
  }
  switch (G_VALUE_TYPE(value)) {
    case G_TYPE_STRING: {
      const char* text = g_value_get_string(value);
      if (text == nullptr) return "null";
      if (!g_utf8_validate(text, -1, nullptr)) return std::nullopt;
      return json_string(text);
    }
    case G_TYPE_BOOLEAN:
      return json_boolean(g_value_get_boolean(value) != FALSE);
    case G_TYPE_INT:
      return json_integer(g_value_get_int(value));
    case G_TYPE_UINT:
      return json_integer(g_value_get_uint(value));
    case G_TYPE_INT64:
      return json_integer(g_value_get_int64(value));
    case G_TYPE_UINT64:
      // JSON readers, the journal's among them, have 64 bits with a sign.
      if (g_value_get_uint64(value) > G_MAXINT64) return std::nullopt;
      return std::to_string(g_value_get_uint64(value));
    case G_TYPE_FLOAT:
    case G_TYPE_DOUBLE: {
      const double number =
          G_VALUE_HOLDS_FLOAT(value) ? g_value_get_float(value) : g_value_get_double(value);
      if (!std::isfinite(number)) return std::nullopt;
      return json_number(number);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<std::map<std::string, std::string>> json_members(const GstStructure* structure) {
  std::map<std::string, std::string> members;
  const int fields = structure == nullptr ? 0 : gst_structure_n_fields(structure);
  for (int i = 0; i < fields; ++i) {
    const char* name = gst_structure_nth_field_name(structure, static_cast<guint>(i));
    const bool readable = g_utf8_validate(name, -1, nullptr) != FALSE;
    auto text = readable ? json_of(gst_structure_get_value(structure, name)) : std::nullopt;
    if (!text) {
      return Error{.kind = ErrorKind::settings,
                   .message = "The extra-params field " + one_line(name, 40) +
                              " is not a text, a number of at most 64 bits with a sign, a boolean "
                              "or a list of those. Write it as one."};
    }
    members[name] = std::move(*text);
  }
  return members;
}

}  // namespace klingtext
