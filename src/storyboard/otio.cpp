// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/otio.h"

#include <gst/gst.h>

#include "journal/json_document.h"

namespace klingtext {
namespace {

enum class TrackKind { video, audio };

class OtioWriter {
 public:
  OtioWriter(const std::string& title, const Rate& rate)
      : rate_(static_cast<double>(rate.numerator) / rate.denominator) {
    schema("Timeline.1");
    json_.text("name", title);
    json_.open_object("tracks");
    schema("Stack.1");
    json_.text("name", "tracks");
    json_.open_array("children");
  }

  // Items of a track do not overlap: of a dissolve, each has one half, and reaches into the
  // other's by the transition's offsets.
  void track(const std::vector<Edit>& edits, TrackKind kind) {
    json_.begin_object();
    schema("Track.1");
    json_.text("name", kind == TrackKind::video ? "V1" : "A1");
    json_.text("kind", kind == TrackKind::video ? "Video" : "Audio");
    json_.open_array("children");
    for (std::size_t i = 0; i < edits.size(); ++i) {
      const Edit& edit = edits[i];
      const Frames before = edit.dissolve / 2;
      const Frames dissolve_out = i + 1 < edits.size() ? edits[i + 1].dissolve : 0;
      if (edit.dissolve > 0) transition(before, edit.dissolve - before);
      item(edit, kind, edit.cut.in + before,
           edit.cut.length - before - (dissolve_out - dissolve_out / 2));
    }
    json_.end_array();
    json_.end_object();
  }

  std::string finish() {
    json_.end_array();
    json_.end_object();
    return json_.finish();
  }

 private:
  void schema(const char* name) { json_.text("OTIO_SCHEMA", name); }

  void time(const char* name, Frames frames) {
    json_.open_object(name);
    schema("RationalTime.1");
    json_.number("rate", rate_);
    json_.number("value", static_cast<double>(frames));
    json_.end_object();
  }

  void range(const char* name, Frames start, Frames duration) {
    json_.open_object(name);
    schema("TimeRange.1");
    time("duration", duration);
    time("start_time", start);
    json_.end_object();
  }

  void transition(Frames in, Frames out) {
    json_.begin_object();
    schema("Transition.1");
    json_.text("transition_type", "SMPTE_Dissolve");
    time("in_offset", in);
    time("out_offset", out);
    json_.end_object();
  }

  void item(const Edit& edit, TrackKind kind, Frames start, Frames duration) {
    const bool gap = kind == TrackKind::audio && (edit.clip.empty() || !edit.sound);
    json_.begin_object();
    schema(gap ? "Gap.1" : "Clip.1");
    json_.text("name", "shot " + std::to_string(edit.number));
    range("source_range", gap ? 0 : start, duration);
    if (!gap) reference(edit);
    json_.open_object("metadata");
    json_.open_object("klingtext");
    json_.integer("shot", edit.number);
    json_.integer("take", edit.take);
    json_.text("prompt", edit.prompt);
    json_.end_object();
    json_.end_object();
    json_.end_object();
  }

  void reference(const Edit& edit) {
    json_.open_object("media_reference");
    const GCharPtr uri(edit.clip.empty() ? nullptr
                                         : gst_filename_to_uri(edit.clip.c_str(), nullptr));
    schema(uri == nullptr ? "MissingReference.1" : "ExternalReference.1");
    if (uri != nullptr) {
      range("available_range", 0, edit.length);
      json_.text("target_url", uri.get());
    }
    json_.end_object();
  }

  JsonDocument json_;
  double rate_;
};

}  // namespace

std::string otio_of(const std::string& title, const std::vector<Edit>& edits, const Rate& rate) {
  OtioWriter writer(title, rate);
  writer.track(edits, TrackKind::video);
  writer.track(edits, TrackKind::audio);
  return writer.finish();
}

}  // namespace klingtext
