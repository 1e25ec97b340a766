// SPDX-License-Identifier: LGPL-2.1-or-later
// Owners for what GLib hands out. The only place that says unref or free.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <utility>

namespace klingtext {

// Turns a C release function into a deleter that costs no storage.
template <auto Release>
struct Releases {
  template <typename T>
  void operator()(T* object) const {
    Release(object);
  }
};

template <typename T, auto Release>
using GlibPtr = std::unique_ptr<T, Releases<Release>>;

using GCharPtr = GlibPtr<char, g_free>;
using GErrorPtr = GlibPtr<GError, g_error_free>;
using GBytesPtr = GlibPtr<GBytes, g_bytes_unref>;
using GUriPtr = GlibPtr<GUri, g_uri_unref>;
using GDateTimePtr = GlibPtr<GDateTime, g_date_time_unref>;

// Shared ownership of a GObject. adopt() takes over a reference ("transfer full"), ref() adds one
// ("transfer none"): the two ways in have names because mixing them up is the usual mistake.
template <typename T>
class ObjectPtr {
 public:
  ObjectPtr() = default;
  static ObjectPtr adopt(T* object) { return ObjectPtr(object); }
  static ObjectPtr ref(T* object) {
    return ObjectPtr(object == nullptr ? nullptr : static_cast<T*>(g_object_ref(object)));
  }
  ObjectPtr(const ObjectPtr& other) : ObjectPtr(ref(other.object_)) {}
  ObjectPtr(ObjectPtr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  ObjectPtr& operator=(ObjectPtr other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~ObjectPtr() {
    if (object_ != nullptr) g_object_unref(object_);
  }
  T* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  T* release() { return std::exchange(object_, nullptr); }

 private:
  explicit ObjectPtr(T* object) : object_(object) {}
  T* object_ = nullptr;
};

// Receives a GError** and owns what arrives: call(..., ErrorOut(error)).
class ErrorOut {
 public:
  explicit ErrorOut(GErrorPtr& target) : target_(target) {}
  ~ErrorOut() { target_.reset(raw_); }
  ErrorOut(const ErrorOut&) = delete;
  ErrorOut& operator=(const ErrorOut&) = delete;
  operator GError**() { return &raw_; }  // NOLINT: the implicit conversion is the point

 private:
  GErrorPtr& target_;
  GError* raw_ = nullptr;
};

}  // namespace klingtext
