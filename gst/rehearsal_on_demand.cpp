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

Result<StartRehearsal*> load() {
  const auto plugin =
      ObjectPtr<GstPlugin>::adopt(gst_registry_find_plugin(gst_registry_get(), "klingtext"));
  const GCharPtr folder(g_path_get_dirname(gst_plugin_get_filename(plugin.get())));
  const GCharPtr file(g_build_filename(folder.get(), kRehearsalModule, nullptr));
  const auto refused = [] {
    return Error{.kind = ErrorKind::settings,
                 .message = std::string("The rehearsal cannot be loaded: ") + g_module_error() +
                            ". Install it beside the plugin again."};
  };
  GModule* const module = g_module_open(file.get(), G_MODULE_BIND_LOCAL);
  if (module == nullptr) return refused();
  g_module_make_resident(module);  // its threads may outlive the plugin's last element
  gpointer symbol = nullptr;
  if (g_module_symbol(module, kStartRehearsal, &symbol) == FALSE) return refused();
  return *static_cast<StartRehearsal**>(symbol);
}

}  // namespace

Result<std::shared_ptr<RehearsalService>> RehearsalService::start(Options options) {
  const auto start = load();
  if (!start.ok()) return start.as<std::shared_ptr<RehearsalService>>();
  return (*start)(std::move(options), log_sink());
}

}  // namespace klingtext
