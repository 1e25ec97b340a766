// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unchecked_spec.h"

#include <cmath>

namespace klingtext {
namespace {

void accept_everything(gpointer type, gpointer) {
  auto* klass = static_cast<GParamSpecClass*>(type);
  // The result says whether the value was changed.
  klass->value_validate = [](GParamSpec*, GValue*) -> gboolean { return FALSE; };
#if GLIB_CHECK_VERSION(2, 74, 0)
  klass->value_is_valid = [](GParamSpec*, const GValue*) -> gboolean { return TRUE; };
#endif
}

GType unchecked_type(GType base, const char* name, std::size_t instance_size) {
  GTypeInfo info{};
  info.class_size = sizeof(GParamSpecClass);
  info.class_init = accept_everything;
  info.instance_size = static_cast<guint16>(instance_size);
  return g_type_register_static(base, name, &info, static_cast<GTypeFlags>(0));
}

}  // namespace

GParamSpec* unchecked_enum_spec(const char* name, const char* nick, const char* blurb, GType type,
                                gint standard, GParamFlags flags) {
  static const GType spec_type =
      unchecked_type(G_TYPE_PARAM_ENUM, "GstKlingTextParamEnum", sizeof(GParamSpecEnum));
  auto* spec =
      static_cast<GParamSpecEnum*>(g_param_spec_internal(spec_type, name, nick, blurb, flags));
  spec->enum_class = static_cast<GEnumClass*>(g_type_class_ref(type));
  spec->default_value = standard;
  G_PARAM_SPEC(spec)->value_type = type;
  return G_PARAM_SPEC(spec);
}

GParamSpec* unchecked_double_spec(const char* name, const char* nick, const char* blurb,
                                  gdouble standard, GParamFlags flags) {
  static const GType spec_type =
      unchecked_type(G_TYPE_PARAM_DOUBLE, "GstKlingTextParamDouble", sizeof(GParamSpecDouble));
  auto* spec =
      static_cast<GParamSpecDouble*>(g_param_spec_internal(spec_type, name, nick, blurb, flags));
  spec->minimum = -HUGE_VAL;
  spec->maximum = HUGE_VAL;
  spec->default_value = standard;
  return G_PARAM_SPEC(spec);
}

}  // namespace klingtext
