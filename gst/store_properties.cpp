// SPDX-License-Identifier: LGPL-2.1-or-later
// Paying once.
#include "property.h"

namespace klingtext {
namespace {

void set_max_daily_seconds(Settings& settings, const GValue* value) {
  settings.max_daily_seconds = g_value_get_uint(value);
}
void get_max_daily_seconds(const Settings& settings, GValue* value) {
  const auto cap = max_daily_seconds_in_force(settings);
  g_value_set_uint(value, cap.ok() ? cap->seconds : 0);
}

constexpr Property kStoreProperties[] = {
    {[](const Settings&) {
       return g_param_spec_string(
           "store-dir", "Store directory",
           "Folder of what was paid for, journal and videos; unset: $XDG_DATA_HOME/klingtext",
           nullptr, kSetting);
     },
     set_text<&Settings::store_dir>, get_text<&Settings::store_dir>},
    {[](const Settings& defaults) {
       return g_param_spec_uint64(
           "store-size", "Store size",
           "Bytes of videos to keep, least recently used go first; 0 = keep all", 0, G_MAXUINT64,
           defaults.store_size, kSetting);
     },
     set_uint64<&Settings::store_size>, get_uint64<&Settings::store_size>},
    {[](const Settings&) {
       return g_param_spec_string("generation-id", "Generation id",
                                  "Follow this generation instead of submitting a request; stats "
                                  "has the id of the one that is followed",
                                  nullptr, kSetting);
     },
     set_text<&Settings::generation_id>, get_text<&Settings::generation_id>},
    {[](const Settings&) {
       return g_param_spec_string("resubmit", "Resubmit",
                                  "Client request id of the one unknown or failed submission to "
                                  "give up and submit again; the error prints it",
                                  nullptr, kSetting);
     },
     set_text<&Settings::resubmit>, get_text<&Settings::resubmit>},
    {[](const Settings&) {
       return g_param_spec_uint(
           "max-daily-seconds", "Maximum daily seconds",
           "Seconds of video that may be bought per UTC day and store; unset: the environment's "
           "KLINGTEXT_MAX_DAILY_SECONDS, else 60 for an element configured by a URI. 0 = no cap",
           0, G_MAXUINT, 0, kSetting);
     },
     set_max_daily_seconds, get_max_daily_seconds},
};

}  // namespace

std::span<const Property> store_properties() {
  return kStoreProperties;
}

}  // namespace klingtext
