#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GStreamer's own tools, as README.md shows them: short patience, projects, playlists of strangers."""
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from example import BUILD, ExampleTest, Store, main  # noqa: E402

SINKS = ("--videosink", "fakesink", "--audiosink", "fakesink")
URI = "klingtext:A%20raccoon"
PATIENCE = 100


class Tools(ExampleTest):
    def run_tool(self, *command, store=None):
        tool = (store or self.store).begin_tool(*command)
        said, _ = tool.communicate(timeout=PATIENCE)
        return said, tool.returncode


class Playlist(Tools):
    def test_playlist_of_strangers_spends_the_cap_and_no_more(self):
        uris = [f"klingtext:Stranger%20{number}" for number in range(13)]
        said, _ = self.run_tool("gst-play-1.0", "--no-interactive", "--videosink=fakesink",
                                "--audiosink=fakesink", *uris)
        self.assertEqual(self.service.submissions, 12, said)
        self.assertIn("60 s of the 60 s allowed per day are spent", said)
        self.assertEqual(len(self.store.entries()), 12)


class ShortPatience(Tools):
    service_options = (*ExampleTest.at_once, "--statuses", "completed", "--poll-answers", "hold")

    def test_discoverer_gives_up_and_comes_back(self):
        said, _ = self.run_tool("gst-discoverer-1.0", "-t", "3", URI)
        self.assertNotIn("H.264", said)
        self.assertEqual(self.service.submissions, 1)
        entry = self.store.entry()
        self.assertTrue(entry["generation_id"], "the id was lost")
        self.service.release()
        said, _ = self.run_tool("gst-discoverer-1.0", "-t", "60", URI)
        self.assertIn("H.264", said)
        self.assertEqual(self.service.submissions, 1)
        self.assertEqual(self.store.entry()["generation_id"], entry["generation_id"])


class Editor(Tools):
    """Against klingtext-rehearsal, with a store that has never seen a generation."""

    def setUp(self):
        super().setUp()
        self.state = self.path("state")
        self.rehearsal = subprocess.Popen(
            [BUILD / "src/rehearsal/klingtext-rehearsal", "--state", self.state],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end_rehearsal)
        self.fresh = Store(self.rehearsal.stdout.readline().split()[-1])
        self.addCleanup(self.fresh.close)

    def end_rehearsal(self):
        self.rehearsal.terminate()
        self.rehearsal.wait()
        self.rehearsal.stdout.close()

    def made(self):
        return len(list(self.state.rglob("*.mp4")))

    def test_clips_and_project(self):
        project, film = self.path("film.xges"), self.path("film.webm")
        begun = time.monotonic()
        said, status = self.run_tool("ges-launch-1.0", *SINKS, "--save", project, "+clip", URI, "+clip",
                                     URI, store=self.fresh)
        self.assertEqual(status, 0, said)
        self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual(len(self.fresh.entries()), 1)
        self.assertEqual(self.made(), 1)

        # Opened again by a new process; nobody is there any more who could sell anything.
        self.rehearsal.terminate()
        self.rehearsal.wait()
        said, status = self.run_tool("ges-launch-1.0", "--load", project, "-o", film.as_uri(), "-f",
                                     "video/webm:video/x-vp8:audio/x-opus", store=self.fresh)
        self.assertEqual(status, 0, said)
        self.assertIn("Duration: 0:00:10", self.described(film))
        self.assertEqual(len(self.fresh.entries()), 1)


main()
