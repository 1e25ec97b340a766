#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From "completed" being known to the first decoded frame of a 1080p clip, against uridecodebin on
the bare URL (interleaved pairs) and `curl -o` followed by filesrc: first_frame.py [--pairs N]"""
import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from web import Nginx, Service, skip_without  # noqa: E402

try:
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
except (ImportError, ValueError):
    print("not installed: python3-gi")
    sys.exit(77)

PATIENCE = 60  # seconds


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


def first_frame(line):
    """When the sink had it, on the monotonic clock."""
    pipeline = Gst.parse_launch(line + " ! fakesink name=sink signal-handoffs=true")
    shown = threading.Event()
    times = []

    def note(*_):
        times.append(time.monotonic())
        shown.set()

    pipeline.get_by_name("sink").connect("preroll-handoff", note)
    pipeline.set_state(Gst.State.PAUSED)
    if not shown.wait(PATIENCE):
        error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        raise RuntimeError(f"no frame from {line}: {error and error.parse_error()}")
    pipeline.set_state(Gst.State.NULL)
    return times[0]


def ours(service, url, store, take):
    service.clip_url = url
    shown = first_frame(" ".join(service.source(store, take)) + " ! decodebin")
    return shown - service.told


def bare(url):
    begun = time.monotonic()
    return first_frame(f"uridecodebin uri={url}") - begun


def by_curl(url, folder):
    file = os.path.join(folder, "curl.mp4")
    begun = time.monotonic()
    subprocess.run(["curl", "-s", "-o", file, url], check=True)
    shown = first_frame(f"filesrc location={file} ! decodebin") - begun
    os.unlink(file)
    return shown


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pairs", type=int, default=30)
    arguments.add_argument("--seconds", type=int, default=10, help="of film")
    arguments = arguments.parse_args()
    skip_without("nginx", "curl")
    Gst.init(None)
    with tempfile.TemporaryDirectory(prefix="klingtext-bench-") as folder:
        clips = os.path.join(folder, "clips")
        os.mkdir(clips)
        size = make_clips(clips, arguments.seconds)
        service = Service()
        takes = itertools.count(1)
        print(f"first decoded frame, 1080p, {size / 1e6:.1f} MB, medians of {arguments.pairs} "
              "interleaved pairs, in ms")
        with Nginx(folder, clips) as nginx:
            for speed in ("fast", "slow"):
                for index in ("start", "end"):
                    compare(service, f"{nginx.root}/{speed}/{index}.mp4", folder, takes, arguments)


def compare(service, url, folder, takes, arguments):
    store = os.path.join(folder, "store")
    measured = {"klingtextsrc": [], "uridecodebin": [], "curl, filesrc": []}
    for pair in range(-1, arguments.pairs):  # the first warms up
        results = {"klingtextsrc": ours(service, url, store, next(takes)),
                   "uridecodebin": bare(url)}
        if pair < max(1, arguments.pairs // 10):
            results["curl, filesrc"] = by_curl(url, folder)
        shutil.rmtree(store, ignore_errors=True)
        if pair >= 0:
            for name, seconds in results.items():
                measured[name].append(seconds)
    medians = {name: statistics.median(times) for name, times in measured.items()}
    speed, _, index = url.rpartition("/")
    print(f"  {speed.rpartition('/')[2]}, index at {index[:-4]}:",
          ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in medians.items()),
          f"| to uridecodebin {medians['klingtextsrc'] / medians['uridecodebin']:.2f}, curl takes "
          f"{medians['curl, filesrc'] / medians['klingtextsrc']:.1f} times as long", flush=True)


main()
