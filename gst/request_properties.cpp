// SPDX-License-Identifier: LGPL-2.1-or-later
// What to generate.
#include "enums.h"
#include "property.h"
#include "unchecked_spec.h"

namespace klingtext {
namespace {

void set_model(Settings& settings, const GValue* value) {
  const std::string model = text_of(value);
  settings.model = model.empty() ? Settings().model : model;
}

void set_aspect_ratio(Settings& settings, const GValue* value) {
  settings.aspect_ratio = static_cast<AspectRatio>(g_value_get_enum(value));
}
void get_aspect_ratio(const Settings& settings, GValue* value) {
  g_value_set_enum(value, static_cast<gint>(settings.aspect_ratio));
}

void set_duration(Settings& settings, const GValue* value) {
  settings.duration = g_value_get_int(value);
}
void get_duration(const Settings& settings, GValue* value) {
  g_value_set_int(value, settings.duration);
}

void set_cfg_scale(Settings& settings, const GValue* value) {
  settings.cfg_scale = g_value_get_double(value);
}
void get_cfg_scale(const Settings& settings, GValue* value) {
  g_value_set_double(value, settings.cfg_scale);
}

void set_extra_params(Settings& settings, const GValue* value) {
  const GstStructure* structure = gst_value_get_structure(value);
  settings.extra_params.reset();
  if (structure != nullptr)
    settings.extra_params = {gst_structure_copy(structure), gst_structure_free};
}
void get_extra_params(const Settings& settings, GValue* value) {
  g_value_set_boxed(value, settings.extra_params.get());
}

// The ranges are those of the C types: where one is narrower, GLib refuses a value with a warning
// that no application sees, and the default would be bought. validate() has the real limits.
constexpr Property kRequestProperties[] = {
    {[](const Settings& defaults) {
       return g_param_spec_string("model", "Model",
                                  "Model of the service's video endpoint; models other than the "
                                  "default are sent unchecked",
                                  defaults.model.c_str(), kSetting);
     },
     set_model, get_text<&Settings::model>},
    {[](const Settings&) {
       return g_param_spec_string("prompt", "Prompt",
                                  "What the video should show; required, 1 to 2500 characters",
                                  nullptr, kSetting);
     },
     set_optional_text<&Settings::prompt>, get_optional_text<&Settings::prompt>},
    {[](const Settings&) {
       return g_param_spec_string(
           "negative-prompt", "Negative prompt",
           "What the video should not show, at most 2500 characters; not sent when unset", nullptr,
           kSetting);
     },
     set_optional_text<&Settings::negative_prompt>, get_optional_text<&Settings::negative_prompt>},
    {[](const Settings& defaults) {
       return unchecked_enum_spec(
           "aspect-ratio", "Aspect ratio", "Aspect ratio of the video; not sent when unset",
           aspect_ratio_type(), static_cast<gint>(defaults.aspect_ratio), kSetting);
     },
     set_aspect_ratio, get_aspect_ratio},
    {[](const Settings& defaults) {
       return g_param_spec_int("duration", "Duration",
                               "Length of the video in seconds, 1 to 60; the default model takes 5 "
                               "or 10",
                               G_MININT, G_MAXINT, defaults.duration, kSetting);
     },
     set_duration, get_duration},
    {[](const Settings& defaults) {
       return unchecked_double_spec(
           "cfg-scale", "CFG scale",
           "How closely the video follows the prompt, 0 to 1; -1 = not sent", defaults.cfg_scale,
           kSetting);
     },
     set_cfg_scale, get_cfg_scale},
    {[](const Settings& defaults) {
       return g_param_spec_boolean("generate-audio", "Generate audio",
                                   "Whether the video has sound, which costs more",
                                   static_cast<gboolean>(defaults.generate_audio), kSetting);
     },
     set_boolean<&Settings::generate_audio>, get_boolean<&Settings::generate_audio>},
    {[](const Settings& defaults) {
       return g_param_spec_uint(
           "take", "Take",
           "Which variation of the same request, from 1; another number buys another video", 0,
           G_MAXUINT, defaults.take, kSetting);
     },
     set_uint<&Settings::take>, get_uint<&Settings::take>},
    {[](const Settings&) {
       return g_param_spec_boxed("extra-params", "Extra parameters",
                                 "Further members of the request (scalars and lists); one named "
                                 "like a documented member replaces it",
                                 GST_TYPE_STRUCTURE, kSetting);
     },
     set_extra_params, get_extra_params},
};

}  // namespace

std::span<const Property> request_properties() {
  return kRequestProperties;
}

}  // namespace klingtext
