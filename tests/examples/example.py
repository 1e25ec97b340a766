# SPDX-License-Identifier: LGPL-2.1-or-later
"""An example as a user runs it: against a service that counts, or rehearsing; and what it leaked."""
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/pay_once"))
from stage import BUILD, WithFilm  # noqa: E402

PATIENCE = 200  # seconds, for the slowest machine


class ExampleTest(WithFilm):
    def setUp(self):
        super().setUp()
        self.leaked = {}

    def path(self, name):
        return self.store.home / name

    def run_example(self, name, *words, status=0, folder=None, first_in_path=None,
                    leaves_gstreamer=True, **environment):
        """Runs it under the leaks tracer; self.leaked is how many of which type it left."""
        if first_in_path:
            environment["PATH"] = f"{first_in_path}:{os.environ['PATH']}"
        program = BUILD / "examples" / name
        command = [program if program.exists() else ROOT / "examples" / name, *words]
        if name.endswith(".py"):
            command.insert(0, sys.executable)
        for log in self.store.home.glob("gst-*.log"):
            log.unlink()
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE,
            cwd=folder, env={**self.store.environment(), "GST_TRACERS": "leaks",
                 "GST_DEBUG": "GST_TRACER:7,leaks:6", "GST_DEBUG_FILE": str(self.path("gst-%p.log")),
                 "GST_DEBUG_NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **environment})
        self.assertEqual(done.returncode, status, done.stdout[-3000:] + done.stderr[-3000:])
        if not leaves_gstreamer:
            return done
        text = "".join(log.read_text(errors="replace") for log in self.store.home.glob("gst-*.log"))
        self.assertIn("checking for leaks", text, "it has not come to the end of GStreamer")
        self.leaked = {}
        for kind in re.findall(r"object-alive, type-name=\(string\)(\w+)", text):
            self.leaked[kind] = self.leaked.get(kind, 0) + 1
        return done

    def run_clean(self, name, *words, **more):
        done = self.run_example(name, *words, **more)
        self.assertEqual(self.leaked, {})
        return done

    def rises(self, said):
        """Percent and texts of one prompt's progress, which never falls and ends at 100."""
        percent = [int(number) for number in re.findall(r"^ *(\d+) %  ", said, re.MULTILINE)]
        self.assertTrue(percent, said)
        self.assertEqual(percent, sorted(percent), said)
        self.assertEqual(percent[-1], 100, said)

    def described(self, file):
        return subprocess.run(["gst-discoverer-1.0", "-v", file], capture_output=True, text=True,
                              check=True, timeout=PATIENCE).stdout


main = unittest.main
