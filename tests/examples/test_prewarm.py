#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/prewarm.py: each prompt once, several at once, and what was made is found by its URI."""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from example import ExampleTest, main  # noqa: E402

PROMPTS = ("One", "Two & a half?", "Three")


class Prewarm(ExampleTest):
    def lines(self, done):
        return dict(line.split(" ", 1) for line in done.stdout.splitlines())

    def test_each_once(self):
        made = self.lines(self.run_clean("prewarm.py", "--real", *PROMPTS, PROMPTS[0]))
        self.assertEqual(set(made), {"klingtext:One", "klingtext:Two%20%26%20a%20half%3F",
                                     "klingtext:Three"})
        for clip in made.values():
            self.assertEqual(Path(clip).read_bytes(), self.film)
        self.assertEqual(self.service.submissions, 3)
        self.assertEqual(self.lines(self.run_clean("prewarm.py", "--real", *PROMPTS)), made)
        self.assertEqual(self.service.submissions, 3)

    def test_is_found_by_its_uri(self):
        for uri in self.lines(self.run_clean("prewarm.py", "--real", PROMPTS[1])):
            self.assertIn("H.264", self.run_tool("gst-discoverer-1.0", uri)[0])
        self.assertEqual(self.service.submissions, 1)

    def test_rehearsal(self):
        self.assertEqual(len(self.lines(self.run_clean("prewarm.py", "--at-once", "1", "One"))), 1)
        self.assertEqual(self.service.submissions, 0)


class OneFails(ExampleTest):
    service_options = (*ExampleTest.at_once, "--statuses", "completed", "--poll-answers", "error=Policy/No raccoons")

    def test_the_others_are_made(self):
        done = self.run_clean("prewarm.py", "--real", "--at-once", "1", *PROMPTS, status=1)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn("No raccoons", done.stderr)
        self.assertEqual(self.service.submissions, 3)


main()
