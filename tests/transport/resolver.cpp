// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transport/resolver.h"

#include <gio/gio.h>

namespace klingtext::test {
namespace {

using Resolver = GResolver;
using ResolverClass = GResolverClass;

GList* lookup(const char* name, GError** error) {
  if (g_str_has_suffix(name, ".test")) {
    return g_list_append(nullptr, g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
  }
  g_set_error(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "%s is no name here", name);
  return nullptr;
}

GList* by_name(GResolver*, const char* name, GCancellable*, GError** error) {
  return lookup(name, error);
}

GList* by_name_with_flags(GResolver*, const char* name, GResolverNameLookupFlags flags,
                          GCancellable*, GError** error) {
  if ((flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) == 0) return lookup(name, error);
  g_set_error(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "%s has no such address", name);
  return nullptr;
}

void answer(GTask* task, GList* found, GError* error) {
  if (found == nullptr) {
    g_task_return_error(task, error);
  } else {
    g_task_return_pointer(
        task, found, [](gpointer list) { g_resolver_free_addresses(static_cast<GList*>(list)); });
  }
  g_object_unref(task);
}

void by_name_async(GResolver* self, const char* name, GCancellable* cancellable,
                   GAsyncReadyCallback ready, gpointer data) {
  GError* error = nullptr;
  GList* found = lookup(name, &error);
  answer(g_task_new(self, cancellable, ready, data), found, error);
}

void by_name_with_flags_async(GResolver* self, const char* name, GResolverNameLookupFlags flags,
                              GCancellable* cancellable, GAsyncReadyCallback ready, gpointer data) {
  GError* error = nullptr;
  GList* found = by_name_with_flags(self, name, flags, cancellable, &error);
  answer(g_task_new(self, cancellable, ready, data), found, error);
}

GList* finish(GResolver*, GAsyncResult* result, GError** error) {
  return static_cast<GList*>(g_task_propagate_pointer(G_TASK(result), error));
}

static void resolver_init(Resolver*) {}

static void resolver_class_init(ResolverClass* vtable) {
  vtable->lookup_by_name = by_name;
  vtable->lookup_by_name_async = by_name_async;
  vtable->lookup_by_name_finish = finish;
  vtable->lookup_by_name_with_flags = by_name_with_flags;
  vtable->lookup_by_name_with_flags_async = by_name_with_flags_async;
  vtable->lookup_by_name_with_flags_finish = finish;
}

G_DEFINE_TYPE(Resolver, resolver, G_TYPE_RESOLVER)  // NOLINT: its own casts

}  // namespace

void resolve_test_names() {
  GResolver* resolver = G_RESOLVER(g_object_new(resolver_get_type(), nullptr));
  g_resolver_set_default(resolver);
  g_object_unref(resolver);
}

}  // namespace klingtext::test
