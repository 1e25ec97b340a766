#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GStreamer's libraries for applications, from Python: each URI is bought once, whatever opens it."""
import subprocess
import sys

sys.dont_write_bytecode = True
from example import PATIENCE, ROOT, ExampleTest, main  # noqa: E402

ONE = "klingtext:A%20raccoon"


class Applications(ExampleTest):
    def does(self, way, *uris, says):
        done = subprocess.run([sys.executable, ROOT / "tests/examples/applications.py", way, *uris],
                              env=self.store.environment(), capture_output=True, text=True, check=False,
                              timeout=PATIENCE)
        if done.returncode == 77:
            self.skipTest(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.split("\n")[0], says)
        self.assertEqual(self.service.submissions, len(uris))

    def test_discoverer(self):
        for _ in range(2):
            self.does("discover", ONE, says="ok 2 True A raccoon")

    def test_gstplay(self):
        self.does("play", ONE, says="end-of-stream 2")

    def test_transcoder(self):
        self.does("transcode", ONE, says="webm True")


main()
