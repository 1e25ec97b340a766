#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A live picture says "please wait" until the clip is there, then the clip follows frame on frame.

    placeholder.py [--headless] [--real] PROMPT        (in `meson devenv -C build`, or installed)

Two input-selectors, for picture and sound. The clip waits, decoded, at their doors until both are
there; the next frame of the placeholder then gives its place in time to the clip's first.
"""
import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

PICTURE = "video/x-raw,format=I420,width=1280,height=720,framerate=24/1,pixel-aspect-ratio=1/1"
SOUND = "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2"
LINE = f"""
input-selector name=picture sync-streams=false ! {{video}}
input-selector name=sound sync-streams=false ! {{audio}}
videotestsrc is-live=true pattern=ball ! {PICTURE}
  ! textoverlay name=text text="Please wait" valignment=center ! queue ! picture.sink_0
audiotestsrc is-live=true wave=silence ! {SOUND} ! queue ! sound.sink_0
klingtextsrc name=source ! decodebin3 name=decoder
decoder. ! queue ! videoconvert ! videoscale ! videorate ! {PICTURE} ! picture.sink_1
decoder. ! queue ! audioconvert ! audioresample ! {SOUND} ! sound.sink_1
"""
SINKS = {True: {"video": "fakesink name=shown sync=true", "audio": "fakesink sync=true"},
         False: {"video": "videoconvert ! autovideosink", "audio": "autoaudiosink"}}


class Switch:
    """Lets the clip in, in place of one frame of the placeholder."""

    def __init__(self, pipeline):
        self.selectors = [pipeline.get_by_name(name) for name in ("picture", "sound")]
        self.lock = threading.Lock()
        self.doors = {}  # pads that hold the clip back, and their probes
        for selector in self.selectors:
            selector.set_property("active-pad", selector.get_static_pad("sink_0"))
            pad = selector.get_static_pad("sink_1").get_peer()
            pad.add_probe(Gst.PadProbeType.BLOCK | Gst.PadProbeType.BUFFER, self.clip_waits)
        self.selectors[0].get_static_pad("sink_0").add_probe(Gst.PadProbeType.BUFFER, self.frame)

    def clip_waits(self, pad, info):
        with self.lock:
            self.doors[pad] = info.id
        return Gst.PadProbeReturn.OK

    def frame(self, pad, info):
        with self.lock:
            if len(self.doors) < len(self.selectors):
                return Gst.PadProbeReturn.OK
        segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
        now = segment.to_running_time(Gst.Format.TIME, info.get_buffer().pts)
        for selector in self.selectors:
            selector.set_property("active-pad", selector.get_static_pad("sink_1"))
        for door, probe in self.doors.items():
            door.set_offset(now)
            door.remove_probe(probe)
        print(f"The clip takes over at {now / Gst.SECOND:.3f} s.", flush=True)
        return Gst.PadProbeReturn.REMOVE


def build(prompt, real, headless):
    pipeline = Gst.parse_launch(LINE.format(**SINKS[headless]))
    source = pipeline.get_by_name("source")
    source.set_property("prompt", prompt)
    source.set_property("rehearse", not real)
    return pipeline


def run(pipeline):
    switch = Switch(pipeline)
    wanted = Gst.MessageType.ERROR | Gst.MessageType.EOS | Gst.MessageType.PROGRESS
    bus = pipeline.get_bus()
    pipeline.set_state(Gst.State.PLAYING)
    message = bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)
    while message.type == Gst.MessageType.PROGRESS:
        pipeline.get_by_name("text").set_property("text", message.parse_progress()[2])
        message = bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)
    pipeline.set_state(Gst.State.NULL)
    switch.selectors.clear()  # they hold the probes that hold them
    return message.parse_error()[0].message if message.type == Gst.MessageType.ERROR else None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="a placeholder until the clip is there")
    parser.add_argument("--headless", action="store_true", help="no window, no sound")
    parser.add_argument("--real", action="store_true", help="buy it instead of rehearsing it")
    parser.add_argument("prompt")
    options = parser.parse_args()
    Gst.init(None)
    failure = run(build(options.prompt, options.real, options.headless))
    Gst.deinit()
    sys.exit(failure)
