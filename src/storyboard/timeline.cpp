// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/timeline.h"

#include "base/text.h"
#include "storyboard/cut_list.h"
#include "storyboard/film_format.h"

namespace klingtext {
namespace {

using AssetPtr = ObjectPtr<GESAsset>;
using CapsPtr = GlibPtr<GstCaps, gst_caps_unref>;

constexpr unsigned kSlateColour = 0xff1d2430;  // ARGB
constexpr int kLinesPerPicture = 22;           // of the slate's text
constexpr std::size_t kPromptShown = 240;      // characters
constexpr std::size_t kReasonShown = 200;

Error trouble(const std::string& what) {
  return Error{.kind = ErrorKind::failed, .message = "The film cannot be cut: " + what};
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
    const CapsPtr caps(gst_caps_from_string(video ? video_caps_text(film).c_str() : kAudioCaps));
    ges_track_set_restriction_caps(track, caps.get());
  }
  g_list_free_full(tracks, gst_object_unref);
  return timeline;
}

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

std::string escaped(const std::string& text) {
  const GCharPtr markup(g_markup_escape_text(text.c_str(), -1));
  return markup.get();
}

std::string slate_text(std::size_t number, const Shot& shot, const Material& material) {
  return "<b>SHOT " + std::to_string(number) + " IS MISSING</b>\n\n" +
         escaped(one_line(*shot.settings.prompt, kPromptShown)) + "\n\n<small>" +
         escaped(one_line(material.why, kReasonShown)) + "</small>";
}

void write_on(GESClip* slate, const std::string& text, const Film& film) {
  const int size = std::max(6, std::min(film.width, film.height) / kLinesPerPicture);
  const std::string font = "DejaVu Sans " + std::to_string(size) + "px";
  auto* element = GES_TIMELINE_ELEMENT(slate);
  ges_timeline_element_set_child_properties(element, "text", text.c_str(), "font-desc",
                                            font.c_str(), "background", kSlateColour, nullptr);
}

// The clip, or a slate where there is no asset; the layer owns it. Null when it does not fit.
GESClip* lay(GESLayer* layer, const AssetPtr& asset, const Cut& cut, const Rate& rate) {
  const std::uint64_t start = nanoseconds(cut.start, rate);
  const std::uint64_t length = nanoseconds(cut.start + cut.length, rate) - start;
  if (asset) {
    return ges_layer_add_asset(layer, asset.get(), start, nanoseconds(cut.in, rate), length,
                               GES_TRACK_TYPE_UNKNOWN);
  }
  const auto title = AssetPtr::adopt(ges_asset_request(GES_TYPE_TITLE_CLIP, nullptr, nullptr));
  return ges_layer_add_asset(layer, title.get(), start, 0, length, GES_TRACK_TYPE_VIDEO);
}

}  // namespace

Result<Timeline> build_timeline(const Storyboard& storyboard, std::vector<Material> material) {
  const Film& film = storyboard.film;
  std::vector<AssetPtr> assets;
  std::vector<std::optional<double>> lengths;
  for (Material& one : material) {
    assets.push_back(open_clip(one));
    auto& length = lengths.emplace_back();
    if (!assets.back()) continue;
    const GstClockTime time =
        ges_uri_clip_asset_get_duration(GES_URI_CLIP_ASSET(assets.back().get()));
    length = static_cast<double>(time) / GST_SECOND;
  }
  Timeline result{new_timeline(film), 0, {}};
  GESLayer* layer = ges_timeline_append_layer(result.timeline.get());
  const std::vector<Cut> cuts = cut_list(storyboard, lengths);
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    GESClip* clip = lay(layer, assets[i], cuts[i], film.rate);
    if (clip == nullptr) return trouble("shot " + std::to_string(i + 1) + " does not fit in.");
    if (assets[i]) continue;
    write_on(clip, slate_text(i + 1, storyboard.shots[i], material[i]), film);
    result.missing.push_back(static_cast<unsigned>(i + 1));
  }
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
