// SPDX-License-Identifier: LGPL-2.1-or-later
// What a rendering pipeline is fed with. All of it is called on the pipeline's streaming threads
// and must outlive them.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <memory>

#include "base/glib_ptr.h"
#include "rehearsal/slate.h"
#include "rehearsal/slate_sound.h"

namespace klingtext::rehearsal {

// Not GlibPtr: gst_buffer_unref and its like are static inline, which would make the types below
// other types in every file.
struct MiniObjectUnref {
  template <typename T>
  void operator()(T* object) const {
    gst_mini_object_unref(GST_MINI_OBJECT_CAST(object));
  }
};
using CapsPtr = std::unique_ptr<GstCaps, MiniObjectUnref>;
using BufferPtr = std::unique_ptr<GstBuffer, MiniObjectUnref>;

// Gives an appsrc one buffer whenever it runs dry.
class Feed {
 public:
  Feed() = default;
  virtual ~Feed() = default;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  void attach(GstElement* app_source);

 protected:
  virtual CapsPtr caps() const = 0;
  virtual BufferPtr next() = 0;  // none at the end
};

class PictureFeed : public Feed {
 public:
  explicit PictureFeed(const Slate& slate);
  ~PictureFeed() override;

 private:
  CapsPtr caps() const override;
  BufferPtr next() override;
  int stride() const { return slate_.width() * 4; }

  const Slate& slate_;
  // Unbounded, so it never blocks; the queue behind keeps it to a few frames of 8 MB, which would
  // otherwise come from the heap, and stay there, once per frame.
  ObjectPtr<GstBufferPool> pool_;
  int index_ = 0;
};

class SoundFeed : public Feed {
 public:
  // Starts `delay` samples into the sound: a decoder hands out that many before what it was fed,
  // so sound and picture meet again without an edit list.
  SoundFeed(const SlateSound& sound, std::int64_t delay) : sound_(sound), delay_(delay) {}

 private:
  CapsPtr caps() const override;
  BufferPtr next() override;

  const SlateSound& sound_;
  std::int64_t delay_;
  std::int64_t position_ = 0;
};

// Makes the sound exactly as long as the picture: drops the packets behind the end that flush the
// encoder, and gives the last one only the time that is left.
class PacketTrim {
 public:
  explicit PacketTrim(std::int64_t length) : length_(length) {}  // in samples
  void attach(GstElement* encoder);

 private:
  GstPadProbeReturn pass(GstPadProbeInfo* info);

  std::int64_t length_;
  std::int64_t packet_ = 0;
};

}  // namespace klingtext::rehearsal
