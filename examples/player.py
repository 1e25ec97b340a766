#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plays a prompt, with progress and errors on stderr; needs python3-gi and nothing else.

    player.py [--headless] [--real] PROMPT        (in `meson devenv -C build`, or installed)

--headless has no window and no sound; --real buys the film instead of rehearsing it.
"""
import argparse
import os
import sys
from urllib.parse import quote

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


def source_setup(_playbin, source):
    """The source exists and nothing has been asked for: the moment for secrets and limits."""
    if "PLAYER_KEY" in os.environ:
        source.set_property("api-key", os.environ["PLAYER_KEY"])


def show_error(message):
    error, _debug = message.parse_error()
    print(error.message, file=sys.stderr)
    details = message.parse_error_details()
    for index in range(details.n_fields() if details else 0):
        name = details.nth_field_name(index)
        print(f"  {name}: {details.get_value(name)}", file=sys.stderr)


class Player:
    def __init__(self, uri, headless):
        self.failed = False
        self.loop = GLib.MainLoop()
        self.playbin = Gst.ElementFactory.make("playbin3")
        self.playbin.set_property("uri", uri)
        if headless:
            for sink in ("video-sink", "audio-sink"):
                self.playbin.set_property(sink, Gst.ElementFactory.make("fakesink"))
            # GStreamer 1.22 leaks the volume it adds in front of a sink that has none.
            Gst.util_set_object_arg(self.playbin, "flags", "video+audio")
        self.playbin.connect("source-setup", source_setup)

    def heard(self, _bus, message):
        fields = message.get_structure()
        if message.type == Gst.MessageType.PROGRESS:
            _type, code, text = message.parse_progress()
            if code == "generate":
                print(f"{fields.get_int('percent')[1]:3} %  {text}", file=sys.stderr)
        elif message.has_name("klingtext-generation") and fields.has_field("clip"):
            print("Clip:", fields.get_string("clip"), file=sys.stderr)
        elif message.type == Gst.MessageType.BUFFERING:
            full = message.parse_buffering() == 100
            self.playbin.set_state(Gst.State.PLAYING if full else Gst.State.PAUSED)
        elif message.type == Gst.MessageType.ERROR:
            show_error(message)
            self.failed = True
        if message.type in (Gst.MessageType.ERROR, Gst.MessageType.EOS):
            self.loop.quit()
        return True

    def play(self):
        bus = self.playbin.get_bus()
        bus.add_watch(GLib.PRIORITY_DEFAULT, self.heard)
        self.playbin.set_state(Gst.State.PLAYING)
        try:
            self.loop.run()
        finally:
            self.playbin.set_state(Gst.State.NULL)
            bus.remove_watch()
        return 1 if self.failed else 0


def main():
    parser = argparse.ArgumentParser(description="plays a prompt")
    parser.add_argument("--headless", action="store_true", help="no window, no sound")
    parser.add_argument("--real", action="store_true", help="buy it instead of rehearsing it")
    parser.add_argument("prompt")
    options = parser.parse_args()
    query = "" if options.real else "?rehearse=true"
    return Player(f"klingtext:{quote(options.prompt, safe='')}{query}", options.headless).play()


if __name__ == "__main__":
    Gst.init(None)
    status = main()
    Gst.deinit()
    sys.exit(status)
