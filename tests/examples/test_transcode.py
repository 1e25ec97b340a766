#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/transcode.sh: WebM with picture and sound; bought once however often it is run."""
import sys

sys.dont_write_bytecode = True
from example import ExampleTest, main  # noqa: E402

PROMPT = "A \"raccoon\"\\ at 50 %,\nwhite? #é & 'so'"


class Transcode(ExampleTest):
    def test_webm(self):
        for _ in range(2):
            file = self.path("out.webm")
            self.run_clean("transcode.sh", "--real", PROMPT, file)
            said = self.described(file)
            for word in ("container #0: video/webm", "VP8", "Opus"):
                self.assertIn(word, said)
            file.unlink()
        self.assertEqual(self.service.submissions, 1)
        self.assertEqual(self.store.entry()["request"]["prompt"], PROMPT)
        self.assertFalse(self.path("out.webm.part").exists())


class NotMade(ExampleTest):
    service_options = (*ExampleTest.at_once, "--poll-answers", "error=Policy/No raccoons")

    def test_no_file(self):
        done = self.run_clean("transcode.sh", "--real", PROMPT, self.path("out.webm"), status=1)
        self.assertIn("No raccoons", done.stderr + done.stdout)
        self.assertEqual(list(self.store.home.glob("out*")), [])


main()
