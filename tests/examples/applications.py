#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What applications do with URIs, each in a process of its own: applications.py WAY URI...

Prints what came of it; ends with 77 when a library is not here.
"""
import os
import sys
import tempfile
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import GLib, Gst, GstPbutils  # noqa: E402

PATIENCE = 60 * Gst.SECOND


def quiet(playbin):
    for sink in ("video-sink", "audio-sink"):
        playbin.set_property(sink, Gst.ElementFactory.make("fakesink"))
    Gst.util_set_object_arg(playbin, "flags", "video+audio")
    return playbin


def discover(uri):
    info = GstPbutils.Discoverer.new(PATIENCE).discover_uri(uri)
    print(info.get_result().value_nick, info.get_duration() // Gst.SECOND, info.get_seekable(),
          info.get_tags().get_string("title")[1])


def play(uri):
    gi.require_version("GstPlay", "1.0")
    from gi.repository import GstPlay
    player = GstPlay.Play.new(None)
    quiet(player.get_pipeline())
    player.set_uri(uri)
    player.play()
    while True:
        message = player.get_message_bus().timed_pop(PATIENCE)
        assert message, "it does not end"
        kind = GstPlay.PlayMessage.parse_type(message)
        if kind in (GstPlay.PlayMessage.END_OF_STREAM, GstPlay.PlayMessage.ERROR):
            print(kind.value_nick, player.get_duration() // Gst.SECOND, flush=True)
            # Not by Python's end: that waits, with Python's lock held, for GstPlay's thread, which
            # needs the lock to let go of the sinks that Python made.
            os._exit(0)


def transcode(uri):
    gi.require_version("GstTranscoder", "1.0")
    from gi.repository import GstTranscoder
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.webm"
        GstTranscoder.Transcoder.new(uri, film.as_uri(), "video/webm:video/x-vp8:audio/x-opus").run()
        print("webm", film.stat().st_size > 10000)


if __name__ == "__main__":
    Gst.init(None)
    way = {"discover": discover, "play": play, "transcode": transcode}[sys.argv[1]]
    try:
        way(*sys.argv[2:])
    except ValueError as missing:
        print(missing)
        sys.exit(77)
    except GLib.Error as failed:
        sys.exit(failed.message)
