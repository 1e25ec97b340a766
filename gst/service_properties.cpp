// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the service is and how it is talked to.
#include "api/service_url.h"
#include "property.h"

namespace klingtext {
namespace {

void set_api_key(Settings& settings, const GValue* value) {
  settings.api_key = Secret(text_of(value));
}

void get_base_url(const Settings& settings, GValue* value) {
  put_text(value, base_url_in_force(settings));
}

// Without its password: dot dumps and gst-launch -v show what is read.
void get_proxy(const Settings& settings, GValue* value) {
  std::string shown = settings.proxy;
  const std::size_t host = shown.rfind('@');
  if (host != std::string::npos) {
    const std::size_t slashes = shown.find("//");
    const std::size_t colon = shown.find(':', slashes < host ? slashes : 0);
    if (colon < host) shown.erase(colon, host - colon);
  }
  put_text(value, shown);
}

void set_tls_database(Settings& settings, const GValue* value) {
  settings.tls_database =
      ObjectPtr<GTlsDatabase>::ref(static_cast<GTlsDatabase*>(g_value_get_object(value)));
}
void get_tls_database(const Settings& settings, GValue* value) {
  g_value_set_object(value, settings.tls_database.get());
}

constexpr Property kServiceProperties[] = {
    {[](const Settings&) {
       return g_param_spec_string("api-key", "API key",
                                  "Key of the service; else api-key-file, else the environment's "
                                  "AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY",
                                  nullptr, kSecret);
     },
     set_api_key, nullptr},
    {[](const Settings&) {
       return g_param_spec_string("api-key-file", "API key file",
                                  "Regular file of at most 4 KiB that holds the API key", nullptr,
                                  kSetting);
     },
     set_text<&Settings::api_key_file>, get_text<&Settings::api_key_file>},
    {[](const Settings&) {
       return g_param_spec_string("base-url", "Base URL",
                                  "Where the service is; unset: the environment's "
                                  "AIMLAPI_BASE_URL, else the default. http: to loopback only",
                                  kDefaultBaseUrl, kSetting);
     },
     set_text<&Settings::base_url>, get_base_url},
    {[](const Settings& defaults) {
       return g_param_spec_boolean(
           "rehearse", "Rehearse",
           "Use the built-in rehearsal service: no key, no network, no cost",
           static_cast<gboolean>(defaults.rehearse), kSetting);
     },
     set_boolean<&Settings::rehearse>, get_boolean<&Settings::rehearse>},
    {[](const Settings& defaults) {
       return g_param_spec_uint("request-timeout", "Request timeout",
                                "Seconds without a byte from the service after which a request has "
                                "failed, 1 to 3600; a submission is given at least 120",
                                0, G_MAXUINT, defaults.request_timeout, kSetting);
     },
     set_uint<&Settings::request_timeout>, get_uint<&Settings::request_timeout>},
    {[](const Settings& defaults) {
       return g_param_spec_uint(
           "generation-timeout", "Generation timeout",
           "Seconds to wait for the video; a later run can resume it. 0 = no limit", 0, G_MAXUINT,
           defaults.generation_timeout, kSetting);
     },
     set_uint<&Settings::generation_timeout>, get_uint<&Settings::generation_timeout>},
    {[](const Settings& defaults) {
       return g_param_spec_uint(
           "poll-interval", "Poll interval",
           "Polling interval in milliseconds; 0 = planned from the duration of "
           "earlier generations",
           0, G_MAXUINT, defaults.poll_interval, kSetting);
     },
     set_uint<&Settings::poll_interval>, get_uint<&Settings::poll_interval>},
    {[](const Settings& defaults) {
       return g_param_spec_uint64(
           "max-clip-size", "Maximum clip size",
           "Largest video to download, in bytes, from 1; a larger one is an error", 0, G_MAXUINT64,
           defaults.max_clip_size, kSetting);
     },
     set_uint64<&Settings::max_clip_size>, get_uint64<&Settings::max_clip_size>},
    {[](const Settings& defaults) {
       return g_param_spec_boolean("use-buffering", "Use buffering",
                                   "Post BUFFERING messages while the generation is awaited, and "
                                   "when the download falls behind "
                                   "playback",
                                   static_cast<gboolean>(defaults.use_buffering), kSetting);
     },
     set_boolean<&Settings::use_buffering>, get_boolean<&Settings::use_buffering>},
    {[](const Settings&) {
       return g_param_spec_string("proxy", "Proxy",
                                  "URI of the HTTP proxy; unset: the system's. Loopback never uses "
                                  "one. A password in it does not read back",
                                  nullptr, kSetting);
     },
     set_text<&Settings::proxy>, get_proxy},
    {[](const Settings&) {
       return g_param_spec_object("tls-database", "TLS database",
                                  "Certificate authorities to trust instead of the system's",
                                  G_TYPE_TLS_DATABASE, kSetting);
     },
     set_tls_database, get_tls_database},
    {[](const Settings& defaults) {
       return g_param_spec_string("user-agent", "User agent", "User-Agent header of the requests",
                                  defaults.user_agent.c_str(), kSetting);
     },
     set_text<&Settings::user_agent>, get_text<&Settings::user_agent>},
};

}  // namespace

std::span<const Property> service_properties() {
  return kServiceProperties;
}

}  // namespace klingtext
