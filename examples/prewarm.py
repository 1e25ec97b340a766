#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Generates before editing, several at once: editors have no patience for a generation.

    prewarm.py [--real] [--at-once N] PROMPT...        (in `meson devenv -C build`, or installed)

Prints the URI and the file of every clip. From then on the URI opens at once, in any program and as
often as it likes. Rehearsals, unless --real buys them. Run it again whatever happened: what is
there is taken, what runs is followed.
"""
import argparse
import sys
from collections import deque
from urllib.parse import quote

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


def uri_of(prompt, real=False):
    return f"klingtext:{quote(prompt, safe='')}" + ("" if real else "?rehearse=true")


class Prewarm:
    """Runs `klingtextsrc ! fakesink` for every URI; the store keeps what comes of it."""

    def __init__(self, uris, at_once):
        self.waiting = deque(dict.fromkeys(uris))
        self.running = {}
        self.clips = {}
        self.errors = {}
        self.loop = GLib.MainLoop()
        self.at_once = at_once

    def begin_some(self):
        while self.waiting and len(self.running) < self.at_once:
            uri = self.waiting.popleft()
            pipeline = Gst.Pipeline()
            source = Gst.Element.make_from_uri(Gst.URIType.SRC, uri, None)
            sink = Gst.ElementFactory.make("fakesink")
            pipeline.add(source)
            pipeline.add(sink)
            source.link(sink)
            bus = pipeline.get_bus()
            bus.add_watch(GLib.PRIORITY_DEFAULT, self.heard, uri)
            self.running[uri] = pipeline
            pipeline.set_state(Gst.State.PLAYING)
        if not self.running:
            self.loop.quit()

    def end(self, uri):
        pipeline = self.running.pop(uri)
        pipeline.set_state(Gst.State.NULL)
        pipeline.get_bus().remove_watch()
        self.begin_some()

    def heard(self, _bus, message, uri):
        fields = message.get_structure()
        if message.type == Gst.MessageType.PROGRESS:
            print(f"{fields.get_int('percent')[1]:3} %  {message.parse_progress()[2]}",
                  file=sys.stderr)
        elif message.has_name("klingtext-generation") and fields.has_field("clip"):
            self.clips[uri] = fields.get_string("clip")
        elif message.type == Gst.MessageType.ERROR:
            self.errors[uri] = message.parse_error()[0].message
            print(self.errors[uri], file=sys.stderr)
            self.clips.pop(uri, None)
            self.end(uri)
        elif message.type == Gst.MessageType.EOS:
            print(uri, self.clips[uri], flush=True)
            self.end(uri)
        return True

    def run(self):
        """URI: file, for those that worked."""
        GLib.idle_add(self.begin_some)
        self.loop.run()
        return self.clips


def main():
    parser = argparse.ArgumentParser(description="generates clips before they are needed")
    parser.add_argument("--real", action="store_true", help="buy them instead of rehearsing")
    parser.add_argument("--at-once", type=int, default=4, metavar="N", help="this many in parallel")
    parser.add_argument("prompts", nargs="+", metavar="PROMPT")
    options = parser.parse_args()
    uris = {uri_of(prompt, options.real) for prompt in options.prompts}
    return 0 if len(Prewarm(uris, options.at_once).run()) == len(uris) else 1


if __name__ == "__main__":
    Gst.init(None)
    status = main()
    Gst.deinit()
    sys.exit(status)
