#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/transcode.sh: WebM with picture and sound; bought once however often it is run."""
import subprocess
import sys

sys.dont_write_bytecode = True
from example import PATIENCE, ROOT, ExampleTest, main  # noqa: E402

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
        self.assertEqual(list(self.store.home.glob("out*")), [])


class Together(ExampleTest):
    def test_two_runs_write_one_file(self):
        file = self.path("out.webm")
        runs = [subprocess.Popen([ROOT / "examples/transcode.sh", "--real", PROMPT, file], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.store.environment())
                for _ in range(3)]
        for run in runs:
            said, _ = run.communicate(timeout=PATIENCE)
            self.assertEqual(run.returncode, 0, said)
            self.assertIn("VP8", self.described(file))
        self.assertEqual(list(self.store.home.glob("out*")), [file])
        self.assertEqual(self.service.submissions, 1)


class NotMade(ExampleTest):
    service_options = (*ExampleTest.at_once, "--poll-answers", "error=Policy/No raccoons")

    def test_no_file(self):
        done = self.run_clean("transcode.sh", "--real", PROMPT, self.path("out.webm"), status=1)
        self.assertIn("No raccoons", done.stderr + done.stdout)
        self.assertEqual(list(self.store.home.glob("out*")), [])


main()
