#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GStreamer's own tools where they are impatient or let strangers in: nothing is paid twice."""
import sys
import unittest

sys.dont_write_bytecode = True
from example import ExampleTest, main  # noqa: E402
from stage import LONG  # noqa: E402

URI = "klingtext:A%20raccoon"


class Playlist(ExampleTest):
    def test_playlist_of_strangers_spends_the_cap_and_no_more(self):
        uris = [f"klingtext:Stranger%20{number}" for number in range(13)]
        said, _ = self.run_tool("gst-play-1.0", "--no-interactive", "--videosink=fakesink",
                                "--audiosink=fakesink", *uris)
        self.assertEqual(self.service.submissions, 12, said)
        self.assertIn("60 s of the 60 s allowed per day are spent", said)
        self.assertEqual(len(self.store.entries()), 12)


    def test_playlist_in_a_file_with_what_is_refused_in_between(self):
        playlist = self.path("list.txt")
        playlist.write_text("klingtext:One\nklingtext:Two?api-key=s3cret\nklingtext:%00\nklingtext:One\n")
        said, _ = self.run_tool("gst-play-1.0", "--no-interactive", "--videosink=fakesink",
                                "--audiosink=fakesink", f"--playlist={playlist}")
        self.assertIn("Reached end of play list", said)
        self.assertEqual(self.service.submissions, 1, said)


class ShortPatience(ExampleTest):
    service_options = (*ExampleTest.at_once, "--statuses", "completed", "--always-poll", "hold")

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

    @unittest.skipUnless(LONG, "GES gives up after a minute")
    def test_ges_gives_up_and_comes_back(self):
        line = ("ges-launch-1.0", "--videosink", "fakesink", "--audiosink", "fakesink", "+clip", URI)
        self.assertNotEqual(self.run_tool(*line)[1], 0)
        self.assertEqual(self.service.submissions, 1)
        self.service.release()
        said, status = self.run_tool(*line)
        self.assertEqual(status, 0, said)
        self.assertEqual(self.service.submissions, 1)


main()
