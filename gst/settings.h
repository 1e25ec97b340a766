// SPDX-License-Identifier: LGPL-2.1-or-later
// The element's properties as one value. The member initialisers are the defaults, everywhere.
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/request.h"
#include "base/glib_ptr.h"
#include "base/secret.h"
#include "store/daily_cap.h"

namespace klingtext {

inline constexpr double kUnsetCfgScale = -1;

enum class AspectRatio { unset, wide, tall, square };
enum class Configured { by_properties, by_uri };

struct Settings {
  // What to generate. A member that is unset is not sent, or sent with its default.
  std::string model = kDefaultModel;
  std::optional<std::string> prompt;
  std::optional<std::string> negative_prompt;
  AspectRatio aspect_ratio = AspectRatio::unset;
  int duration = 5;  // seconds
  double cfg_scale = kUnsetCfgScale;
  bool generate_audio = true;
  unsigned take = 1;
  std::shared_ptr<const GstStructure> extra_params;
  std::string slate;  // of a rehearsal, as in "shot=7; two-pop=no"; no property

  // The service.
  Secret api_key;
  std::string api_key_file;
  std::string base_url;  // empty: the environment's, else the documented one
  bool rehearse = false;
  unsigned request_timeout = 30;                         // seconds
  unsigned generation_timeout = 1800;                    // seconds; 0: none
  unsigned poll_interval = 0;                            // milliseconds; 0: planned
  std::uint64_t max_clip_size = std::uint64_t{2} << 30;  // bytes
  bool use_buffering = true;
  std::string proxy;
  ObjectPtr<GTlsDatabase> tls_database;
  std::string user_agent = "klingtextsrc/" KLINGTEXT_VERSION;

  // Paying once.
  std::string store_dir;         // empty: $XDG_DATA_HOME/klingtext
  std::uint64_t store_size = 0;  // bytes; 0: keep all
  std::string generation_id;
  std::string resubmit;
  std::optional<unsigned> max_daily_seconds;  // of video

  Configured configured = Configured::by_properties;
};

// The service's spelling; nothing for unset.
std::optional<std::string> spelled(AspectRatio ratio);

// What is in force where nothing is set.
std::string base_url_in_force(const Settings& settings);
std::string store_dir_in_force(const Settings& settings);
// Refuses an environment variable that is no number: it must not become a cap, nor none.
Result<DailyCap> max_daily_seconds_in_force(const Settings& settings);

}  // namespace klingtext
