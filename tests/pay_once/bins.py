#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever GStreamer builds around a klingtext: URI, however often it opens it: one submission."""
import sys

sys.dont_write_bytecode = True
from stage import WithFilm, main  # noqa: E402

URI = "klingtext:A%20white%20raccoon"
SINKS = ["video-sink=fakesink", "audio-sink=fakesink"]


class Bins(WithFilm):
    def play(self, *command):
        said, status = self.run_tool(*command)
        self.assertEqual(status, 0, said)
        return said

    def one_submission(self):
        self.assertEqual(self.service.submissions, 1)
        self.assertEqual(len(self.store.entries()), 1)

    def test_playbin3(self):
        self.play("gst-launch-1.0", "playbin3", "uri=" + URI, *SINKS)
        self.one_submission()
        # Once it is there, nobody is asked again.
        connections = self.service.counts()["connections"]
        self.play("gst-launch-1.0", "playbin", "uri=" + URI, *SINKS)
        self.assertEqual(self.service.counts()["connections"], connections)
        self.one_submission()

    def test_uridecodebin3(self):
        self.play("gst-launch-1.0", "uridecodebin3", "uri=" + URI, "name=d", "d.", "!", "queue", "!",
                  "fakesink", "d.", "!", "queue", "!", "fakesink")
        self.one_submission()

    def test_discoverer_then_playback(self):
        said = self.play("gst-discoverer-1.0", "-t", "60", URI)
        self.assertIn("H.264", said)
        self.one_submission()
        self.play("gst-launch-1.0", "playbin3", "uri=" + URI, *SINKS)
        self.one_submission()

    def test_two_clips_of_an_editor(self):
        clip = ["+clip", URI, "duration=1"]
        self.play("ges-launch-1.0", "--videosink", "fakesink", "--audiosink", "fakesink", *clip, *clip)
        self.one_submission()

    def test_two_elements_of_one_pipeline(self):
        source = ["klingtextsrc", "prompt=A white raccoon", "!", "fakesink"]
        self.play("gst-launch-1.0", *source, *source)
        self.one_submission()


main()
