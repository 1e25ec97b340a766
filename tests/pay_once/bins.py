#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever GStreamer builds around a klingtext: URI, however often it opens it: one submission."""
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
from stage import PATIENCE, PayOnce, Service, Store, main, real_mp4  # noqa: E402

URI = "klingtext:A%20white%20raccoon"
SINKS = ["video-sink=fakesink", "audio-sink=fakesink"]


class Bins(PayOnce):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            cls.film = real_mp4(folder)

    def setUp(self):
        if self.film is None:
            self.skipTest("cannot make an MP4 here")
        # Done at the first look: a real service is only asked every 5 s.
        self.service = Service("--statuses", "completed", clip=self.film)
        self.addCleanup(self.service.stop)
        self.store = Store(self.service.url)
        self.addCleanup(self.store.close)
        # So that the first look comes soon: earlier runs were over at once.
        self.store.path.mkdir(parents=True, mode=0o700)
        kind = self.service.url + " klingai/video-v2-6-pro-text-to-video 5 s"
        (self.store.path / "history.json").write_text(f'{{"{kind}": [0.1, 0.1, 0.1]}}')

    def play(self, *command):
        if shutil.which(command[0]) is None:
            self.skipTest("no " + command[0])
        tool = self.store.begin_tool(*command)
        said, _ = tool.communicate(timeout=PATIENCE)
        self.assertEqual(tool.returncode, 0, said)
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
