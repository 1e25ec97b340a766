// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/timeline.h"

#include "storyboard/burn_in.h"
#include "storyboard/clip_length.h"
#include "storyboard/cut_list.h"
#include "storyboard/film_format.h"
#include "storyboard/held_picture.h"
#include "storyboard/missing_slate.h"

namespace klingtext {
namespace {

using AssetPtr = ObjectPtr<GESAsset>;
using CapsPtr = GlibPtr<GstCaps, gst_caps_unref>;

Error trouble(const std::string& what) {
  return Error{.kind = ErrorKind::failed, .message = "The film cannot be cut: " + what};
}

std::string picture_caps_text(const Film& film) {
  const std::string caps = video_caps_text(film);
  return film.burn_in == BurnIn::yes ? caps + ",format=" + kBurnInFormat : caps;
}

// Timelines, layers and clips are born floating; whoever adds them takes them.
ObjectPtr<GESTimeline> new_timeline(const Film& film) {
  auto timeline = ObjectPtr<GESTimeline>::adopt(
      GES_TIMELINE(g_object_ref_sink(ges_timeline_new_audio_video())));
  ges_timeline_set_auto_transition(timeline.get(), TRUE);
  GList* tracks = ges_timeline_get_tracks(timeline.get());
  for (GList* each = tracks; each != nullptr; each = each->next) {
    auto* track = GES_TRACK(each->data);
    const bool video = track->type == GES_TRACK_TYPE_VIDEO;
    const CapsPtr caps(gst_caps_from_string(video ? picture_caps_text(film).c_str() : kAudioCaps));
    ges_track_set_restriction_caps(track, caps.get());
  }
  g_list_free_full(tracks, gst_object_unref);
  return timeline;
}

struct Source {
  AssetPtr asset;                    // null: there is none
  std::optional<ClipLength> length;  // nothing where its samples cannot be read

  std::optional<double> seconds() const {
    if (!asset) return std::nullopt;
    const GstClockTime declared = ges_uri_clip_asset_get_duration(GES_URI_CLIP_ASSET(asset.get()));
    return static_cast<double>(length ? length->end : declared) / GST_SECOND;
  }
};

// Null, and the reason in `material`, when it cannot be opened.
AssetPtr open_clip(Material& material) {
  if (material.clip.empty()) return {};
  GErrorPtr error;
  const GCharPtr uri(gst_filename_to_uri(material.clip.c_str(), ErrorOut(error)));
  if (uri == nullptr) return {};
  auto* asset = ges_uri_clip_asset_request_sync(uri.get(), ErrorOut(error));
  if (asset == nullptr) material.why = std::string("The clip cannot be opened: ") + error->message;
  return AssetPtr::adopt(GES_ASSET(asset));
}

struct Place {
  GstClockTime start = 0;
  GstClockTime in = 0;
  GstClockTime length = 0;
  GstClockTime free = 0;  // from here on the layer has nothing yet
};

Place place_of(const Cut& cut, const Rate& rate, GstClockTime free) {
  const GstClockTime start = nanoseconds(cut.start, rate);
  return {start, nanoseconds(cut.in, rate), nanoseconds(cut.start + cut.length, rate) - start,
          free};
}

// GES takes a file to be as long as it declares, and cuts what is used of it down to that.
void use_of(GESClip* clip, const Place& place) {
  const GstClockTime needed = place.in + place.length;
  auto* whole = GES_TIMELINE_ELEMENT(clip);
  for (GList* each = GES_CONTAINER_CHILDREN(clip); each != nullptr; each = each->next) {
    ges_timeline_element_set_max_duration(GES_TIMELINE_ELEMENT(each->data), needed);
  }
  ges_timeline_element_set_max_duration(whole, needed);
  ges_timeline_element_set_inpoint(whole, place.in);
  ges_timeline_element_set_duration(whole, place.length);
}

// The layer owns the clip. Null when it does not fit. It gets its length where it overlaps no other
// clip, because an overlap of the wrong length is refused.
GESClip* lay(GESLayer* layer, const Source& source, const Place& place) {
  GESClip* clip = ges_layer_add_asset(layer, source.asset.get(), place.free, 0, GST_CLOCK_TIME_NONE,
                                      GES_TRACK_TYPE_UNKNOWN);
  if (clip == nullptr) return nullptr;
  use_of(clip, place);
  if (source.length) hold_picture(clip, source.length->last_picture);
  const bool fits = ges_timeline_element_set_start(GES_TIMELINE_ELEMENT(clip), place.start);
  return fits && GES_TIMELINE_ELEMENT(clip)->duration == place.length ? clip : nullptr;
}

// What is told on the slate is what the user is told.
Result<AssetPtr> slate_asset(const Film& film, const Shot& shot, unsigned number,
                             const Material& material, const std::string& folder) {
  const auto path = missing_slate(film, shot, number, material.why, folder);
  if (!path.ok()) return path.as<AssetPtr>();
  GErrorPtr error;
  const GCharPtr uri(gst_filename_to_uri(path->c_str(), ErrorOut(error)));
  auto* asset =
      uri == nullptr ? nullptr : ges_uri_clip_asset_request_sync(uri.get(), ErrorOut(error));
  if (asset == nullptr)
    return trouble("its slate " + *path + " cannot be opened: " + error->message);
  return AssetPtr::adopt(GES_ASSET(asset));
}

Outcome lay_slate(GESLayer* layer, const AssetPtr& slate, const Place& place) {
  const GESClip* clip =
      ges_layer_add_asset(layer, slate.get(), place.start, 0, place.length, GES_TRACK_TYPE_VIDEO);
  if (clip == nullptr) return trouble("a slate does not fit in.");
  return Done{};
}

std::string absolute(const std::string& path) {
  const GCharPtr whole(g_canonicalize_filename(path.c_str(), nullptr));
  return whole.get();
}

std::vector<Edit> edits_of(const Storyboard& storyboard, const std::vector<Material>& material,
                           const std::vector<Source>& sources, const std::vector<Cut>& cuts) {
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const Settings& settings = storyboard.shots[i].settings;
    Edit& edit = edits.emplace_back();
    edit.number = static_cast<unsigned>(i + 1);
    edit.prompt = settings.prompt.value_or("");
    edit.take = settings.take;
    edit.sound = settings.generate_audio;
    edit.cut = cuts[i];
    if (sources[i].asset) edit.clip = absolute(material[i].clip);
    edit.length = whole_frames(sources[i].seconds().value_or(0), storyboard.film.rate);
    if (i > 0) edit.dissolve = cuts[i - 1].start + cuts[i - 1].length - cuts[i].start;
  }
  return edits;
}

}  // namespace

Result<Timeline> build_timeline(const Storyboard& storyboard, std::vector<Material> material,
                                const std::string& slates) {
  const Film& film = storyboard.film;
  std::vector<Source> sources;
  std::vector<std::optional<double>> lengths;
  for (Material& one : material) {
    Source& source = sources.emplace_back(Source{open_clip(one), {}});
    if (source.asset) source.length = measured_length(one.clip);
    lengths.push_back(source.seconds());
  }
  Timeline result{new_timeline(film), 0, {}, {}};
  GESLayer* layer = ges_timeline_append_layer(result.timeline.get());
  const std::vector<Cut> cuts = cut_list(storyboard, lengths);
  result.edits = edits_of(storyboard, material, sources, cuts);
  GstClockTime free = 0;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const Place place = place_of(cuts[i], film.rate, free);
    free = place.start + place.length;
    const auto number = static_cast<unsigned>(i + 1);
    if (sources[i].asset) {
      if (lay(layer, sources[i], place) == nullptr) {
        return trouble("shot " + std::to_string(number) + " does not fit in.");
      }
      continue;
    }
    result.missing.push_back(number);
    const auto slate = slate_asset(film, storyboard.shots[i], number, material[i], slates);
    if (!slate.ok()) return slate.as<Timeline>();
    if (auto laid = lay_slate(layer, *slate, place); !laid.ok()) return laid.as<Timeline>();
  }
  if (film.burn_in == BurnIn::yes) burn_in_timecode(result.timeline.get(), film);
  ges_timeline_commit(result.timeline.get());
  const Cut& last = cuts.back();
  result.seconds =
      static_cast<double>(nanoseconds(last.start + last.length, film.rate)) / GST_SECOND;
  return result;
}

Outcome save_timeline(const Timeline& timeline, const std::string& path) {
  GErrorPtr error;
  const GCharPtr uri(gst_filename_to_uri(path.c_str(), ErrorOut(error)));
  if (uri != nullptr && ges_timeline_save_to_uri(timeline.timeline.get(), uri.get(), nullptr, TRUE,
                                                 ErrorOut(error))) {
    return Done{};
  }
  return trouble("the timeline " + path + " cannot be written" +
                 (error ? std::string(": ") + error->message : std::string()) + ".");
}

}  // namespace klingtext
