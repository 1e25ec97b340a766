#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three prompts on a timeline, saved as a project and rendered to WebM by GStreamer Editing Services.

    timeline.py [--real] FILM.xges FILM.webm [PROMPT...]      (in `meson devenv -C build`)

A project that is there already is opened instead: nothing is generated again, in whatever process.
Rehearsals, unless --real buys the clips. Needs python3-gi and gir1.2-ges-1.0.
"""
import argparse
import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GES", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import GES, GLib, Gst, GstPbutils  # noqa: E402

sys.dont_write_bytecode = True  # prewarm.py lies beside this: it may be where no cache belongs
from prewarm import Prewarm, uri_of  # noqa: E402

PROMPTS = ("A white raccoon wakes up", "It runs through a forest", "It falls asleep on a branch")
SIZE = "video/x-raw,width=640,height=360,framerate=24/1"


def new_timeline(uris):
    """Generates first: GES gives a file a minute to open."""
    if set(Prewarm(uris, at_once=3).run()) != set(uris):
        raise SystemExit("Not all of them were made; run it again.")
    timeline = GES.Timeline.new_audio_video()
    for track in timeline.get_tracks():
        if track.get_property("track-type") == GES.TrackType.VIDEO:
            track.set_restriction_caps(Gst.Caps.from_string(SIZE))
    layer = timeline.append_layer()
    start = 0
    for uri in uris:
        asset = GES.UriClipAsset.request_sync(uri)
        layer.add_asset(asset, start, 0, asset.get_duration(), GES.TrackType.UNKNOWN)
        start += asset.get_duration()
    timeline.commit_sync()
    return timeline


def opened(project_uri):
    loop = GLib.MainLoop()
    project = GES.Project.new(project_uri)
    project.connect("loaded", lambda *_: loop.quit())
    timeline = project.extract()
    loop.run()
    return timeline


def render(timeline, file_uri):
    webm = GstPbutils.EncodingContainerProfile.new(None, None, Gst.Caps.from_string("video/webm"), None)
    video = GstPbutils.EncodingVideoProfile.new(Gst.Caps.from_string("video/x-vp8"), None,
                                                Gst.Caps.from_string(SIZE), 0)
    video.set_preset("Profile Realtime")
    webm.add_profile(video)
    webm.add_profile(GstPbutils.EncodingAudioProfile.new(Gst.Caps.from_string("audio/x-opus"), None, None, 0))
    pipeline = GES.Pipeline()
    pipeline.set_timeline(timeline)
    pipeline.set_render_settings(file_uri, webm)
    pipeline.set_mode(GES.PipelineFlags.RENDER)
    pipeline.set_state(Gst.State.PLAYING)
    ended = pipeline.get_bus().timed_pop_filtered(
        Gst.CLOCK_TIME_NONE, Gst.MessageType.ERROR | Gst.MessageType.EOS)
    pipeline.set_state(Gst.State.NULL)
    if ended.type == Gst.MessageType.ERROR:
        raise SystemExit(ended.parse_error()[0].message)


def main():
    parser = argparse.ArgumentParser(description="prompts on a timeline, rendered")
    parser.add_argument("--real", action="store_true", help="buy the clips instead of rehearsing")
    parser.add_argument("project", type=Path)
    parser.add_argument("film", type=Path)
    parser.add_argument("prompts", nargs="*", default=PROMPTS)
    options = parser.parse_args()
    project_uri = options.project.absolute().as_uri()
    if options.project.exists():
        timeline = opened(project_uri)
    else:
        timeline = new_timeline([uri_of(prompt, options.real) for prompt in options.prompts])
        timeline.save_to_uri(project_uri, None, False)
    render(timeline, options.film.absolute().as_uri())


if __name__ == "__main__":
    Gst.init(None)
    GES.init()
    main()
    GES.deinit()
    Gst.deinit()
