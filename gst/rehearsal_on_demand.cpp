// SPDX-License-Identifier: LGPL-2.1-or-later
// RehearsalService::start() for the plugin. The service and the libraries it draws with are a
// module beside the plugin, so that those who never rehearse do not load them: they take as long as
// all the rest.
#include <dlfcn.h>
#include <gmodule.h>

#include <filesystem>

#include "base/glib_ptr.h"
#include "rehearsal/rehearsal_service.h"
#include "rehearsal_module.h"

namespace klingtext {
namespace {

// The file this code was loaded from.
std::filesystem::path plugin_file() {
  static const char here = 0;
  Dl_info info{};
  return dladdr(&here, &info) != 0 ? info.dli_fname : "";
}

Result<StartRehearsal*> load() {
  const std::string file = plugin_file().replace_filename(kRehearsalModule).string();
  const auto refused = [] {
    return Error{.kind = ErrorKind::settings,
                 .message = std::string("The rehearsal cannot be loaded: ") + g_module_error() +
                            ". Install it beside the plugin again."};
  };
  GModule* const module = g_module_open(file.c_str(), G_MODULE_BIND_LOCAL);
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
