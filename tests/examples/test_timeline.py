#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/timeline.py: three prompts, each bought once; the saved project renders without buying."""
import re
import sys

sys.dont_write_bytecode = True
from example import ExampleTest, main  # noqa: E402

PROMPT = "It runs through a forest"  # one of the example's own
# What GES leaks of a project of files in some runs and in others not.
COMES_AND_GOES = {"GESSmartAdder", "GstIdentity", "GstMessage", "GstSharedTaskPool"}


def can_edit():
    try:
        import gi
        gi.require_version("GES", "1.0")
        return True
    except (ImportError, ValueError):
        return False


class Timeline(ExampleTest):
    def setUp(self):
        if not can_edit():
            self.skipTest("no python3-gi or no gir1.2-ges-1.0")
        super().setUp()
        self.files = (self.path("film.xges"), self.path("film.webm"))

    def test_project(self):
        project, film = self.files
        self.run_example("timeline.py", "--real", *self.files)
        self.assertEqual(self.service.submissions, 3)
        self.assertIn("Duration: 0:00:06.3", self.described(film))
        text = project.read_text()
        self.assertEqual(text.count("<clip "), 3)
        self.assertNotIn("a-key", text)

        # A new process, a service that would take everything, and a project of another day.
        film.unlink()
        self.run_example("timeline.py", "--real", *self.files, AIMLAPI_API_KEY="")
        self.assertIn("Duration: 0:00:06.3", self.described(film))
        self.assertEqual(self.service.submissions, 3)
        self.leaks_nothing_that_files_do_not(self.leaked)

        # Made anew from prompts that are there, one of them twice.
        project.unlink()
        self.run_example("timeline.py", "--real", *self.files, PROMPT, PROMPT)
        self.assertEqual(project.read_text().count("<clip "), 2)
        self.assertEqual(self.service.submissions, 3)

    def leaks_nothing_that_files_do_not(self, of_prompts):
        """GES 1.22 leaks by itself. The same project of file: URIs says what that is."""
        project, film = self.files
        text = project.read_text()
        uris = sorted(set(re.findall(r"klingtext:[\w%]+", text)))
        clips = self.store.files(".mp4")
        self.assertEqual(len(uris), len(clips))
        for uri, clip in zip(uris, clips):
            text = text.replace(uri, clip.as_uri())
        self.assertNotIn("klingtext:", text)
        of_files = self.path("files.xges")
        of_files.write_text(text)
        film.unlink()
        self.run_example("timeline.py", of_files, film)
        self.assertEqual(set(of_prompts) - set(self.leaked) - COMES_AND_GOES, set())
        for what in ("GstBuffer", "GstMemory", "GstTagList"):
            self.assertLessEqual(of_prompts.get(what, 0), self.leaked.get(what, 0), what)


main()
