// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace klingtext::test {
namespace {

using BusPtr = GlibPtr<GstBus, gst_object_unref>;

// The leaks tracer reports when GStreamer goes.
class LeavingGStreamer : public testing::Environment {
  void TearDown() override {
    if (g_getenv("GST_TRACERS") != nullptr) gst_deinit();
  }
};
[[maybe_unused]] const auto* const kLeaving =
    testing::AddGlobalTestEnvironment(new LeavingGStreamer);

ElementPtr parsed(const std::string& line) {
  gst_init(nullptr, nullptr);
  GErrorPtr error;
  GstElement* element =
      gst_parse_launch_full(line.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, ErrorOut(error));
  if (element == nullptr) throw std::runtime_error(line + ": " + error->message);
  gst_object_ref_sink(element);
  if (GST_IS_PIPELINE(element)) return ElementPtr(element);
  GstElement* pipeline = gst_pipeline_new(nullptr);
  gst_object_ref_sink(pipeline);
  gst_bin_add(GST_BIN(pipeline), element);
  gst_object_unref(element);
  return ElementPtr(pipeline);
}

}  // namespace

GstBusSyncReply Pipeline::keep(GstBus*, GstMessage* message, gpointer data) {
  auto& heard = **static_cast<std::shared_ptr<Heard>*>(data);
  heard.messages.lock()->push_back(Message(message));
  heard.messages.notify_all();
  gst_message_unref(message);
  return GST_BUS_DROP;
}

Pipeline::Pipeline(const std::string& line) : pipeline_(parsed(line)) {
  const BusPtr bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), keep, new std::shared_ptr<Heard>(heard_), [](gpointer data) {
    delete static_cast<std::shared_ptr<Heard>*>(data);
  });
}

Pipeline::~Pipeline() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  // Messages hold their senders, and those the bus that holds the messages.
  forget_messages();
}

ElementPtr Pipeline::named(const std::string& name) const {
  ElementPtr element(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name.c_str()));
  if (!element) throw std::runtime_error("no element " + name);
  return element;
}

void Pipeline::on_source_setup(const std::string& bin, std::function<void(GstElement*)> setup) {
  heard_->setup = std::move(setup);
  const ElementPtr element =
      bin.empty() ? ElementPtr(GST_ELEMENT(gst_object_ref(pipeline_.get()))) : named(bin);
  g_signal_connect(element.get(), "source-setup",
                   G_CALLBACK(+[](GstElement*, GstElement* source, gpointer data) {
                     static_cast<Heard*>(data)->setup(source);
                   }),
                   heard_.get());
}

bool Pipeline::wait_for(const std::function<bool(const Messages&)>& predicate) const {
  auto messages = heard_->messages.lock();
  return messages.wait_until(std::chrono::steady_clock::now() + kPatience,
                             [&] { return predicate(*messages); });
}

bool Pipeline::wait_for_end() const {
  return wait_for([](const Messages& messages) {
    return std::any_of(messages.begin(), messages.end(), [](const Message& message) {
      return message.type() == GST_MESSAGE_EOS || message.type() == GST_MESSAGE_ERROR;
    });
  });
}

bool Pipeline::wait_for_state(GstState state) const {
  GstState reached = GST_STATE_VOID_PENDING;
  gst_element_get_state(pipeline_.get(), &reached, nullptr,
                        static_cast<GstClockTime>(kPatience / std::chrono::nanoseconds(1)));
  return reached == state;
}

bool Pipeline::play() {
  set_state(GST_STATE_PLAYING);
  if (!wait_for_end()) return false;
  return of_type(messages(), GST_MESSAGE_ERROR).empty();
}

bool Pipeline::preroll() {
  set_state(GST_STATE_PAUSED);
  return wait_for_state(GST_STATE_PAUSED);
}

Messages Pipeline::messages() const {
  return *heard_->messages.lock();
}

void Pipeline::forget_messages() {
  heard_->messages.lock()->clear();
}

std::string Pipeline::errors() const {
  std::string text;
  for (const Message& error : of_type(messages(), GST_MESSAGE_ERROR)) text += error.text() + '\n';
  return text.empty() ? "no error" : text;
}

ElementPtr make_element(const std::string& factory) {
  gst_init(nullptr, nullptr);
  GstElement* element = gst_element_factory_make(factory.c_str(), nullptr);
  if (element == nullptr) throw std::runtime_error("no element " + factory);
  return ElementPtr(GST_ELEMENT(gst_object_ref_sink(element)));
}

}  // namespace klingtext::test
