// SPDX-License-Identifier: LGPL-2.1-or-later
// A klingtext: URI from a stranger: it sets what a URI may set and nothing else, and has one
// canonical spelling.
#include "../../gst/klingtext_uri.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  // A C string, as GStreamer hands it over.
  const std::string uri = "klingtext:" + std::string(std::string(text_of(data, size)).c_str());
  Settings settings;
  settings.api_key = Secret("the key");
  settings.base_url = "https://service.example/v2";
  settings.store_dir = "/a/store";
  const auto applied = apply_uri(uri, settings);
  if (!applied.ok()) {
    must(applied.error().message.ends_with('.'), "what is refused is refused with a sentence");
    return 0;
  }
  must(settings.configured == Configured::by_uri, "it is known to come from a URI");
  must(settings.api_key == Secret("the key") && settings.api_key_file.empty() &&
           settings.base_url == "https://service.example/v2" && settings.proxy.empty() &&
           settings.store_dir == "/a/store" && !settings.max_daily_seconds &&
           settings.resubmit.empty() && settings.extra_params == nullptr,
       "a URI touches neither key, service, store nor cap");
  const std::string canonical = uri_of(settings);
  must(canonical.find("the key") == std::string::npos, "no key in a URI");
  Settings again;
  must(apply_uri(canonical, again).ok(), "the canonical form is a URI");
  must(uri_of(again) == canonical, "the canonical form is canonical");
  must(again.prompt == settings.prompt && again.duration == settings.duration &&
           again.cfg_scale == settings.cfg_scale && again.take == settings.take,
       "the canonical form means the same");
  return 0;
}
