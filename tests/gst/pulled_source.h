// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstbasesrc.h>

#include <cstdint>
#include <future>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {

// The source in pull mode, its pad activated by the test and no pipeline around it.
class PulledSource {
 public:
  explicit PulledSource(const Shop& shop, unsigned poll_interval = 20)
      : source_(make_element("klingtextsrc")) {
    shop.configure(source_.get());
    g_object_set(source_.get(), "prompt", "raccoon", "poll-interval", poll_interval, nullptr);
    pad_.reset(gst_element_get_static_pad(source_.get(), "src"));
    link();
    gst_element_set_state(source_.get(), GST_STATE_READY);
    activate(TRUE);
    gst_element_set_state(source_.get(), GST_STATE_PAUSED);
  }
  ~PulledSource() {
    activate(FALSE);
    gst_element_set_state(source_.get(), GST_STATE_NULL);
  }
  PulledSource(const PulledSource&) = delete;
  PulledSource& operator=(const PulledSource&) = delete;

  void link() { gst_pad_link(pad_.get(), peer_.get()); }
  void unlink() { gst_pad_unlink(pad_.get(), peer_.get()); }
  void activate(gboolean active) { gst_pad_activate_mode(pad_.get(), GST_PAD_MODE_PULL, active); }
  GstBaseSrc* base() const { return GST_BASE_SRC(source_.get()); }
  GstBaseSrcClass* type() const { return GST_BASE_SRC_GET_CLASS(source_.get()); }
  void unlock_and_go_on() {
    type()->unlock(base());
    type()->unlock_stop(base());
  }

  // Like typefind does it: the function itself, without the pad's stream lock.
  GstFlowReturn get(std::uint64_t offset, guint size) {
    GstBuffer* buffer = nullptr;
    const GstFlowReturn result = GST_PAD_GETRANGEFUNC(pad_.get())(
        pad_.get(), GST_OBJECT_PARENT(pad_.get()), offset, size, &buffer);
    if (buffer != nullptr) gst_buffer_unref(buffer);
    return result;
  }
  // A reader on a thread of its own. basesrc holds its live lock but around create(), so once the
  // service is asked, or a getrange was seen to wait, it is in there.
  std::future<GstFlowReturn> reader(std::uint64_t offset = 0) {
    return std::async(std::launch::async, [this, offset] { return get(offset, 4096); });
  }

 private:
  ElementPtr source_;
  PadPtr pad_;
  // Nothing is bought for a pad without a peer.
  PadPtr peer_{GST_PAD(gst_object_ref_sink(gst_pad_new("sink", GST_PAD_SINK)))};
};

}  // namespace klingtext::test
