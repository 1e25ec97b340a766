# SPDX-License-Identifier: LGPL-2.1-or-later
"""The scripted service as a process, and gst-launch-1.0 against it."""
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from patience import wait_for  # noqa: E402

PATIENCE = 30  # seconds; nothing waits that long but a broken test


class Service:
    """A scripted service, and a folder for whatever the test writes."""

    def __init__(self, program, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="klingtext-")
        self.process = subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True)
        self.base_url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def counts(self):
        with urllib.request.urlopen(self.base_url.replace("/v2", "/counts"), timeout=10) as reply:
            return json.load(reply)

    def wait_for(self, predicate):
        """Until the counts make it true."""
        return wait_for(lambda: predicate(self.counts()), standing=self.counts)

    def source(self, *more):
        """klingtextsrc for a launch line."""
        return ["klingtextsrc", "prompt=raccoon", "poll-interval=20", "base-url=" + self.base_url,
                "store-dir=" + self.path("store"), *more]


def launch(*line, key="test-key", **environment):
    """gst-launch-1.0, running."""
    return subprocess.Popen(["gst-launch-1.0", *line], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, start_new_session=True,
                            env={**os.environ, "AIMLAPI_API_KEY": key, **environment})
