// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job_spec_of.h"

#include "api/api_key.h"
#include "extra_params.h"
#include "libsoup_conflict.h"
#include "rehearsal_host.h"

namespace klingtext {
namespace {

Request request_of(const Settings& settings) {
  Request request;
  request.model = settings.model;
  request.prompt = settings.prompt.value_or("");
  request.negative_prompt = settings.negative_prompt;
  request.aspect_ratio = spelled(settings.aspect_ratio);
  request.duration = settings.duration;
  if (settings.cfg_scale != kUnsetCfgScale) request.cfg_scale = settings.cfg_scale;
  request.generate_audio = settings.generate_audio;
  request.take = settings.take;
  return request;
}

bool asks_for_anything(const Settings& settings) {
  const Settings defaults;
  return settings.prompt || settings.negative_prompt || settings.model != defaults.model ||
         settings.aspect_ratio != defaults.aspect_ratio || settings.duration != defaults.duration ||
         settings.cfg_scale != kUnsetCfgScale ||
         settings.generate_audio != defaults.generate_audio || settings.take != defaults.take ||
         settings.extra_params != nullptr;
}

// A rehearsal in this process is the only service that is told.
std::string slate_of(const Request& request) {
  const std::string take = "take=" + std::to_string(request.take);
  return request.slate.empty() ? take : request.slate + "; " + take;
}

HttpSettings http_of(const Settings& settings) {
  return {settings.user_agent, settings.request_timeout, settings.proxy, settings.tls_database};
}

Error bad_setting(std::string message) {
  return Error{.kind = ErrorKind::settings, .message = std::move(message)};
}

Outcome check_limits(const Settings& settings) {
  if (settings.request_timeout < 1 || settings.request_timeout > 3600) {
    return bad_setting("The request-timeout must be 1 to 3600 seconds. Set it accordingly.");
  }
  if (settings.aspect_ratio != AspectRatio::unset && !spelled(settings.aspect_ratio)) {
    return bad_setting("The aspect ratio must be 16:9, 9:16 or 1:1. Set aspect-ratio accordingly.");
  }
  // GStreamer's parsers turn -1 into the largest unsigned number, which would be a cap of
  // centuries.
  constexpr unsigned kMost = G_MAXINT;
  if (settings.max_daily_seconds.value_or(0) > kMost || settings.generation_timeout > kMost ||
      settings.poll_interval > kMost) {
    return bad_setting(
        "One of max-daily-seconds, generation-timeout and poll-interval is negative or above "
        "2147483647. Set it to 0 for none, or to a smaller number.");
  }
  if (settings.max_clip_size < 1) {
    return bad_setting("The max-clip-size must be at least 1 byte. Set it accordingly.");
  }
  return Done{};
}

}  // namespace

Result<JobSpec> job_spec_of(const Settings& settings) {
  if (auto alone = check_for_libsoup2(); !alone.ok()) return alone.as<JobSpec>();
  JobSpec spec;
  spec.request = request_of(settings);
  auto extra = json_members(settings.extra_params.get());
  if (!extra.ok()) return extra.as<JobSpec>();
  spec.request.extra = std::move(*extra);
  spec.generation_id = settings.generation_id;
  if (!settings.generation_id.empty() && !asks_for_anything(settings)) {
    spec.asked = JobSpec::Asked::generation_only;
  } else if (auto valid = validate(spec.request); !valid.ok()) {
    return valid.as<JobSpec>();
  }
  if (auto valid = check_limits(settings); !valid.ok()) return valid.as<JobSpec>();
  auto cap = max_daily_seconds_in_force(settings);
  if (!cap.ok()) return cap.as<JobSpec>();
  spec.max_daily_seconds = *cap;
  spec.resubmit = settings.resubmit;
  spec.store_path = store_dir_in_force(settings);
  if (spec.store_path.empty()) {
    return Error{.kind = ErrorKind::store,
                 .message =
                     "There is no home folder for the store: XDG_DATA_HOME, HOME and the user's "
                     "account name none with an absolute path. Nothing was submitted. Set "
                     "store-dir to a folder of your own."};
  }
  spec.store_size = settings.store_size;
  spec.poll_interval = Seconds(settings.poll_interval / 1000.0);
  spec.generation_timeout = Seconds(settings.generation_timeout);
  spec.max_clip_size = settings.max_clip_size;
  if (settings.rehearse) {
    spec.service_name = "rehearsal";
    spec.pace = Pace::rehearsal;
    spec.request.slate = settings.slate;
    spec.connect = [store = spec.store_path, http = http_of(settings),
                    slate = slate_of(spec.request)](const auto&) {
      Result<Service> service = connect_rehearsal(store, http);
      if (service.ok()) service->slate = slate;
      return service;
    };
    return spec;
  }
  auto url = parse_service_url(base_url_in_force(settings));
  if (!url.ok()) return url.as<JobSpec>();
  spec.service_name = url->text;
  spec.connect = [url = *url, settings](const JobSpec::Warn& warn) -> Result<Service> {
    auto key = find_api_key({settings.api_key, settings.api_key_file}, warn);
    if (!key.ok()) return key.as<Service>();
    return Service{url, std::move(*key), http_of(settings), nullptr};
  };
  return spec;
}

}  // namespace klingtext
