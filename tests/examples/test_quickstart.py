#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/quickstart.sh: one command, one film; what it builds with is not tested here."""
import shutil
import sys

sys.dont_write_bytecode = True
from example import BUILD, ROOT, ExampleTest, main  # noqa: E402

PROMPT = "\"A raccoon\" \\ at 50 %: white? #é & 'so' $HOME"


class Quickstart(ExampleTest):
    def setUp(self):
        super().setUp()
        # A tree that is built already: this script beside a build, and a ninja that has nothing to do.
        tree = self.path("tree")
        (tree / "examples").mkdir(parents=True)
        self.script = shutil.copy(ROOT / "examples/quickstart.sh", tree / "examples")
        (tree / "build-quick").symlink_to(BUILD)
        for name in ("examples/install-packages.sh", "ninja"):
            (tree / name).write_text("#!/bin/sh\n")
            (tree / name).chmod(0o755)
        self.tools = tree

    def start(self, *words, **more):
        return self.run_clean(self.script, *words, folder=self.store.home, first_in_path=self.tools, **more)

    def test_rehearsal(self):
        said = self.start("A raccoon").stdout
        self.assertRegex(said, r"\] klingtext\.mp4: \d+ bytes, 1920x1080, 0:00:05\.\d+, sound: 48000 Hz, 2 channels\n")
        self.assertIn("free of charge", said)
        self.assertEqual(self.service.submissions, 0)
        self.assertIn("H.264", self.described(self.path("klingtext.mp4")))

    def test_real_one_is_bought_once(self):
        for _ in range(2):
            said = self.start("--real", PROMPT).stdout
            self.assertIn("This buys 5 seconds of video", said)
            self.assertEqual(self.path("klingtext.mp4").read_bytes(), self.film)
        self.assertEqual(self.service.submissions, 1)
        self.assertEqual(self.store.entry()["request"]["prompt"].strip(), PROMPT)

    def test_no_key_no_build(self):
        done = self.run_example(self.script, "--real", status=1, first_in_path=self.tools,
                                leaves_gstreamer=False, AIMLAPI_API_KEY="")
        self.assertIn("AIMLAPI_API_KEY", done.stderr)
        self.assertEqual(self.service.submissions, 0)


main()
