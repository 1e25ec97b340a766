// SPDX-License-Identifier: LGPL-2.1-or-later
// RehearsalService::start() for the plugin. The service and the libraries it draws with are a
// module beside the plugin, so that those who never rehearse do not load them.
#include <gmodule.h>
#include <gst/gst.h>

#include "base/glib_ptr.h"
#include "rehearsal/rehearsal_service.h"
#include "rehearsal_module.h"

namespace klingtext {
namespace {

Error refused(const std::string& why) {
  return Error{.kind = ErrorKind::settings, .message = "The rehearsal cannot be loaded: " + why};
}

Error not_beside_the_plugin() {
  return refused(g_module_error() + std::string(". Install it beside the plugin again."));
}

// An application can take plugins out of the registry, or link them into itself.
Result<std::string> folder_of_plugin() {
  const auto plugin =
      ObjectPtr<GstPlugin>::adopt(gst_registry_find_plugin(gst_registry_get(), "klingtext"));
  const char* file = plugin ? gst_plugin_get_filename(plugin.get()) : nullptr;
  if (file == nullptr) {
    return refused(
        "it lies beside the plugin, and GStreamer's registry does not know where that is. Load the "
        "plugin from its file, or start klingtext-rehearsal and set base-url.");
  }
  return std::string(GCharPtr(g_path_get_dirname(file)).get());
}

Result<StartRehearsal*> load() {
  const auto folder = folder_of_plugin();
  if (!folder.ok()) return folder.as<StartRehearsal*>();
  const GCharPtr file(g_build_filename(folder->c_str(), kRehearsalModule, nullptr));
  GModule* const module = g_module_open(file.get(), G_MODULE_BIND_LOCAL);
  if (module == nullptr) return not_beside_the_plugin();
  g_module_make_resident(module);  // its threads may outlive the plugin's last element
  gpointer symbol = nullptr;
  if (g_module_symbol(module, kStartRehearsal, &symbol) == FALSE) return not_beside_the_plugin();
  return *static_cast<StartRehearsal**>(symbol);
}

}  // namespace

Result<std::shared_ptr<RehearsalService>> RehearsalService::start(Options options) {
  const auto start = load();
  if (!start.ok()) return start.as<std::shared_ptr<RehearsalService>>();
  return (*start)(std::move(options), log_sink());
}

}  // namespace klingtext
