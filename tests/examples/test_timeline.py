#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/timeline.py: three prompts, each bought once; the saved project renders without buying."""
import sys

sys.dont_write_bytecode = True
from example import ExampleTest, main  # noqa: E402


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

    def test_project(self):
        files = (self.path("film.xges"), self.path("film.webm"))
        self.run_example("timeline.py", "--real", *files)
        # GES 1.22 leaks elements, pads and caps of file: URIs just as well.
        self.assertNotIn("GstKlingTextSrc", self.leaked)
        self.assertEqual(self.service.submissions, 3)
        self.assertIn("Duration: 0:00:06.3", self.described(files[1]))
        project = files[0].read_text()
        self.assertEqual(project.count("<clip "), 3)
        self.assertNotIn("a-key", project)

        # A new process, a service that would take everything, and a project of another day.
        files[1].unlink()
        self.run_example("timeline.py", "--real", *files, AIMLAPI_API_KEY="")
        self.assertNotIn("GstKlingTextSrc", self.leaked)
        self.assertIn("Duration: 0:00:06.3", self.described(files[1]))
        self.assertEqual(self.service.submissions, 3)

        # Made anew from the same prompts.
        files[0].unlink()
        self.run_example("timeline.py", "--real", *files)
        self.assertEqual(self.service.submissions, 3)


main()
