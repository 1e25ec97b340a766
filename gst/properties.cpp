// SPDX-License-Identifier: LGPL-2.1-or-later
#include "properties.h"

#include <gst/gst.h>

#include "api/service_url.h"
#include "enums.h"
#include "stats.h"

namespace klingtext {
namespace {

enum Property : guint {
  kModel = 1,
  kPrompt,
  kNegativePrompt,
  kAspectRatio,
  kDuration,
  kCfgScale,
  kGenerateAudio,
  kTake,
  kExtraParams,
  kApiKey,
  kApiKeyFile,
  kBaseUrl,
  kRehearse,
  kRequestTimeout,
  kGenerationTimeout,
  kPollInterval,
  kMaxClipSize,
  kUseBuffering,
  kProxy,
  kTlsDatabase,
  kUserAgent,
  kStoreDir,
  kStoreSize,
  kGenerationId,
  kResubmit,
  kMaxDailySeconds,
  kStatus,
  kStats,
};

constexpr auto kText = static_cast<GParamFlags>(G_PARAM_STATIC_STRINGS);
// Taken when a run begins; a change later is for the next run.
constexpr auto kSetting =
    static_cast<GParamFlags>(G_PARAM_READWRITE | kText | GST_PARAM_MUTABLE_READY);
constexpr auto kSecret =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | kText | GST_PARAM_MUTABLE_READY);
constexpr auto kReading = static_cast<GParamFlags>(G_PARAM_READABLE | kText);

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text == nullptr ? std::string() : text;
}

std::optional<std::string> optional_text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

std::shared_ptr<const GstStructure> copied(const GstStructure* structure) {
  if (structure == nullptr) return nullptr;
  return {gst_structure_copy(structure), gst_structure_free};
}

void put_text(GValue* value, const std::string& text) {
  g_value_set_string(value, text.empty() ? nullptr : text.c_str());
}

void install_request(GObjectClass* type) {
  const Settings defaults;
  g_object_class_install_property(
      type, kModel,
      g_param_spec_string("model", "Model",
                          "Model of the service's video endpoint to generate with",
                          defaults.model.c_str(), kSetting));
  g_object_class_install_property(
      type, kPrompt,
      g_param_spec_string("prompt", "Prompt",
                          "What the video should show; required, 1 to 2500 characters", nullptr,
                          kSetting));
  g_object_class_install_property(
      type, kNegativePrompt,
      g_param_spec_string("negative-prompt", "Negative prompt",
                          "What the video should not show; not sent when unset", nullptr,
                          kSetting));
  g_object_class_install_property(
      type, kAspectRatio,
      g_param_spec_enum("aspect-ratio", "Aspect ratio",
                        "Aspect ratio of the video; not sent when unset", aspect_ratio_type(),
                        static_cast<gint>(defaults.aspect_ratio), kSetting));
  g_object_class_install_property(
      type, kDuration,
      g_param_spec_int("duration", "Duration",
                       "Length of the video in seconds; the default model takes 5 or 10", 1, 60,
                       defaults.duration, kSetting));
  g_object_class_install_property(
      type, kCfgScale,
      g_param_spec_double("cfg-scale", "CFG scale",
                          "How close to stick to the prompt, 0 to 1; -1 = not sent", -1, 1,
                          defaults.cfg_scale, kSetting));
  g_object_class_install_property(
      type, kGenerateAudio,
      g_param_spec_boolean("generate-audio", "Generate audio",
                           "Whether the video has sound, which costs more", defaults.generate_audio,
                           kSetting));
  g_object_class_install_property(
      type, kTake,
      g_param_spec_uint("take", "Take",
                        "Which variation of the same request; another number buys another video", 1,
                        G_MAXUINT, defaults.take, kSetting));
  g_object_class_install_property(
      type, kExtraParams,
      g_param_spec_boxed("extra-params", "Extra parameters",
                         "Further members of the request (scalars and lists); one named like a "
                         "documented member replaces it",
                         GST_TYPE_STRUCTURE, kSetting));
}

void install_service(GObjectClass* type) {
  const Settings defaults;
  g_object_class_install_property(
      type, kApiKey,
      g_param_spec_string("api-key", "API key",
                          "Key of the service; else api-key-file, else the environment's "
                          "AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY",
                          nullptr, kSecret));
  g_object_class_install_property(
      type, kApiKeyFile,
      g_param_spec_string("api-key-file", "API key file",
                          "Regular file of at most 4 KiB that holds the API key", nullptr,
                          kSetting));
  g_object_class_install_property(
      type, kBaseUrl,
      g_param_spec_string("base-url", "Base URL",
                          "Where the service is; unset: the environment's AIMLAPI_BASE_URL, else "
                          "the default. http: to loopback only",
                          kDefaultBaseUrl, kSetting));
  g_object_class_install_property(
      type, kRehearse,
      g_param_spec_boolean("rehearse", "Rehearse",
                           "Use the built-in rehearsal service: no key, no network, no cost",
                           defaults.rehearse, kSetting));
  g_object_class_install_property(
      type, kRequestTimeout,
      g_param_spec_uint("request-timeout", "Request timeout",
                        "Seconds without a byte from the service before a request has failed; a "
                        "submission is given at least 120",
                        1, 3600, defaults.request_timeout, kSetting));
  g_object_class_install_property(
      type, kGenerationTimeout,
      g_param_spec_uint("generation-timeout", "Generation timeout",
                        "Seconds to wait for the video; it stays attachable after that. 0 = no "
                        "limit",
                        0, G_MAXUINT, defaults.generation_timeout, kSetting));
  g_object_class_install_property(
      type, kPollInterval,
      g_param_spec_uint("poll-interval", "Poll interval",
                        "Milliseconds between questions whether the video is ready; 0 = planned "
                        "from how long earlier ones took",
                        0, G_MAXUINT, defaults.poll_interval, kSetting));
  g_object_class_install_property(
      type, kMaxClipSize,
      g_param_spec_uint64("max-clip-size", "Maximum clip size",
                          "Largest video to download, in bytes; a larger one is an error", 1,
                          G_MAXUINT64, defaults.max_clip_size, kSetting));
  g_object_class_install_property(
      type, kUseBuffering,
      g_param_spec_boolean("use-buffering", "Use buffering",
                           "Post BUFFERING messages when the download falls behind playback",
                           defaults.use_buffering, kSetting));
  g_object_class_install_property(
      type, kProxy,
      g_param_spec_string("proxy", "Proxy",
                          "URI of the HTTP proxy; unset: the system's. Loopback never uses one",
                          nullptr, kSetting));
  g_object_class_install_property(
      type, kTlsDatabase,
      g_param_spec_object("tls-database", "TLS database",
                          "Certificate authorities to trust instead of the system's",
                          G_TYPE_TLS_DATABASE, kSetting));
  g_object_class_install_property(
      type, kUserAgent,
      g_param_spec_string("user-agent", "User agent", "What requests call their sender",
                          defaults.user_agent.c_str(), kSetting));
}

void install_store(GObjectClass* type) {
  const Settings defaults;
  g_object_class_install_property(
      type, kStoreDir,
      g_param_spec_string("store-dir", "Store directory",
                          "Folder of what was paid for, journal and videos; unset: "
                          "$XDG_DATA_HOME/klingtext",
                          nullptr, kSetting));
  g_object_class_install_property(
      type, kStoreSize,
      g_param_spec_uint64("store-size", "Store size",
                          "Bytes of videos to keep, least recently used go first; 0 = keep all", 0,
                          G_MAXUINT64, defaults.store_size, kSetting));
  g_object_class_install_property(
      type, kGenerationId,
      g_param_spec_string(
          "generation-id", "Generation id",
          "Follow this generation instead of submitting a request; stats has the id "
          "of the one that is followed",
          nullptr, kSetting));
  g_object_class_install_property(
      type, kResubmit,
      g_param_spec_string("resubmit", "Resubmit",
                          "Client request id of the one unknown or failed submission to give up "
                          "and submit again; the error prints it",
                          nullptr, kSetting));
  g_object_class_install_property(
      type, kMaxDailySeconds,
      g_param_spec_uint("max-daily-seconds", "Maximum daily seconds",
                        "Seconds of video that may be bought per UTC day and store; unset: the "
                        "environment's KLINGTEXT_MAX_DAILY_SECONDS, else 60 for an element "
                        "configured by a URI. 0 = no cap",
                        0, G_MAXUINT, 0, kSetting));
  g_object_class_install_property(
      type, kStatus,
      g_param_spec_enum("status", "Status", "Where the generation stands", job_status_type(),
                        static_cast<gint>(JobStatus::idle), kReading));
  g_object_class_install_property(
      type, kStats,
      g_param_spec_boxed("stats", "Statistics",
                         "Ids, counts, times in nanoseconds and cost of the generation",
                         GST_TYPE_STRUCTURE, kReading));
}

bool set_request(Settings& settings, guint id, const GValue* value) {
  switch (id) {
    case kModel: {
      const std::string model = text_of(value);
      settings.model = model.empty() ? Settings().model : model;
      return true;
    }
    case kPrompt:
      settings.prompt = optional_text_of(value);
      return true;
    case kNegativePrompt:
      settings.negative_prompt = optional_text_of(value);
      return true;
    case kAspectRatio:
      settings.aspect_ratio = static_cast<AspectRatio>(g_value_get_enum(value));
      return true;
    case kDuration:
      settings.duration = g_value_get_int(value);
      return true;
    case kCfgScale:
      settings.cfg_scale = g_value_get_double(value);
      return true;
    case kGenerateAudio:
      settings.generate_audio = g_value_get_boolean(value) != FALSE;
      return true;
    case kTake:
      settings.take = g_value_get_uint(value);
      return true;
    case kExtraParams:
      settings.extra_params = copied(gst_value_get_structure(value));
      return true;
    default:
      return false;
  }
}

bool set_service(Settings& settings, guint id, const GValue* value) {
  switch (id) {
    case kApiKey:
      settings.api_key = Secret(text_of(value));
      return true;
    case kApiKeyFile:
      settings.api_key_file = text_of(value);
      return true;
    case kBaseUrl:
      settings.base_url = text_of(value);
      return true;
    case kRehearse:
      settings.rehearse = g_value_get_boolean(value) != FALSE;
      return true;
    case kRequestTimeout:
      settings.request_timeout = g_value_get_uint(value);
      return true;
    case kGenerationTimeout:
      settings.generation_timeout = g_value_get_uint(value);
      return true;
    case kPollInterval:
      settings.poll_interval = g_value_get_uint(value);
      return true;
    case kMaxClipSize:
      settings.max_clip_size = g_value_get_uint64(value);
      return true;
    case kUseBuffering:
      settings.use_buffering = g_value_get_boolean(value) != FALSE;
      return true;
    case kProxy:
      settings.proxy = text_of(value);
      return true;
    case kTlsDatabase:
      settings.tls_database =
          ObjectPtr<GTlsDatabase>::ref(static_cast<GTlsDatabase*>(g_value_get_object(value)));
      return true;
    case kUserAgent:
      settings.user_agent = text_of(value);
      return true;
    default:
      return false;
  }
}

void set_store(Settings& settings, guint id, const GValue* value) {
  switch (id) {
    case kStoreDir:
      settings.store_dir = text_of(value);
      break;
    case kStoreSize:
      settings.store_size = g_value_get_uint64(value);
      break;
    case kGenerationId:
      settings.generation_id = text_of(value);
      break;
    case kResubmit:
      settings.resubmit = text_of(value);
      break;
    case kMaxDailySeconds:
      settings.max_daily_seconds = g_value_get_uint(value);
      break;
    default:
      break;
  }
}

bool get_request(const Settings& settings, guint id, GValue* value) {
  switch (id) {
    case kModel:
      put_text(value, settings.model);
      return true;
    case kPrompt:
      put_text(value, settings.prompt.value_or(""));
      return true;
    case kNegativePrompt:
      put_text(value, settings.negative_prompt.value_or(""));
      return true;
    case kAspectRatio:
      g_value_set_enum(value, static_cast<gint>(settings.aspect_ratio));
      return true;
    case kDuration:
      g_value_set_int(value, settings.duration);
      return true;
    case kCfgScale:
      g_value_set_double(value, settings.cfg_scale);
      return true;
    case kGenerateAudio:
      g_value_set_boolean(value, settings.generate_audio);
      return true;
    case kTake:
      g_value_set_uint(value, settings.take);
      return true;
    case kExtraParams:
      g_value_set_boxed(value, settings.extra_params.get());
      return true;
    default:
      return false;
  }
}

bool get_service(const Settings& settings, guint id, GValue* value) {
  switch (id) {
    case kApiKeyFile:
      put_text(value, settings.api_key_file);
      return true;
    case kBaseUrl:
      put_text(value, base_url_in_force(settings));
      return true;
    case kRehearse:
      g_value_set_boolean(value, settings.rehearse);
      return true;
    case kRequestTimeout:
      g_value_set_uint(value, settings.request_timeout);
      return true;
    case kGenerationTimeout:
      g_value_set_uint(value, settings.generation_timeout);
      return true;
    case kPollInterval:
      g_value_set_uint(value, settings.poll_interval);
      return true;
    case kMaxClipSize:
      g_value_set_uint64(value, settings.max_clip_size);
      return true;
    case kUseBuffering:
      g_value_set_boolean(value, settings.use_buffering);
      return true;
    case kProxy:
      put_text(value, settings.proxy);
      return true;
    case kTlsDatabase:
      g_value_set_object(value, settings.tls_database.get());
      return true;
    case kUserAgent:
      put_text(value, settings.user_agent);
      return true;
    default:
      return false;
  }
}

bool get_store(const Settings& settings, guint id, GValue* value) {
  switch (id) {
    case kStoreDir:
      put_text(value, settings.store_dir);
      return true;
    case kStoreSize:
      g_value_set_uint64(value, settings.store_size);
      return true;
    case kGenerationId:
      put_text(value, settings.generation_id);
      return true;
    case kResubmit:
      put_text(value, settings.resubmit);
      return true;
    case kMaxDailySeconds:
      g_value_set_uint(value, max_daily_seconds_in_force(settings));
      return true;
    default:
      return false;
  }
}

bool get_report(Source& source, guint id, GValue* value) {
  switch (id) {
    case kStatus:
      g_value_set_enum(value, static_cast<gint>(source.report().status));
      return true;
    case kStats:
      g_value_take_boxed(value, stats_of(source.report()));
      return true;
    default:
      return false;
  }
}

}  // namespace

void install_properties(GObjectClass* object_class) {
  install_request(object_class);
  install_service(object_class);
  install_store(object_class);
}

bool set_property(Source& source, guint id, const GValue* value) {
  if (id == 0 || id >= kStatus) return false;
  auto settings = source.settings().lock();
  if (!set_request(*settings, id, value) && !set_service(*settings, id, value)) {
    set_store(*settings, id, value);
  }
  return true;
}

bool get_property(Source& source, guint id, GValue* value) {
  const Settings settings = *source.settings().lock();
  return get_request(settings, id, value) || get_service(settings, id, value) ||
         get_store(settings, id, value) || get_report(source, id, value);
}

}  // namespace klingtext
