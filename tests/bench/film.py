# SPDX-License-Identifier: LGPL-2.1-or-later
"""A film to play, and when its first frame is there."""
import os
import sys
import time

try:
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
except (ImportError, ValueError):
    print("not installed: python3-gi")
    sys.exit(77)

Gst.init(None)


def run(line):
    """A pipeline that does not matter, to its end."""
    pipeline = Gst.parse_launch(line)
    pipeline.set_state(Gst.State.PLAYING)
    end = pipeline.get_bus().timed_pop_filtered(600 * Gst.SECOND,
                                                Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if end is None or end.type == Gst.MessageType.ERROR:
        raise RuntimeError(f"{line}: {end.parse_error() if end else 'no end'}")


def make_clips(folder, seconds):
    """The same film with its index at the start and at the end: 1080p, 12 Mbit/s."""
    start, end = (os.path.join(folder, name) for name in ("start.mp4", "end.mp4"))
    run(f"videotestsrc pattern=snow num-buffers={24 * seconds} ! video/x-raw,format=I420,"
        "width=1920,height=1080,framerate=24/1 ! x264enc speed-preset=ultrafast bitrate=12000 "
        f"key-int-max=24 ! h264parse ! mp4mux ! filesink location={end}")
    run(f"filesrc location={end} ! qtdemux ! h264parse ! mp4mux faststart=true ! "
        f"filesink location={start}")
    return os.path.getsize(start)


def first_frame(line, patience=60):
    """When the sink had it, on the monotonic clock; patience in seconds."""
    pipeline = Gst.parse_launch(line + " ! fakesink name=sink signal-handoffs=true")
    times = []
    pipeline.get_by_name("sink").connect("preroll-handoff",
                                         lambda *_: times.append(time.monotonic()))
    pipeline.set_state(Gst.State.PAUSED)
    end = pipeline.get_bus().timed_pop_filtered(
        patience * Gst.SECOND, Gst.MessageType.ASYNC_DONE | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if not times:
        raise RuntimeError(f"no frame from {line}: {end and end.parse_error()}")
    return times[0]
