#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Another user of the same machine can neither read the store nor use the rehearsal inside a process.
Run by root it really is another user; else the same questions are asked without one."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from patience import wait_for  # noqa: E402

NOBODY = 65534
IS_ROOT = os.geteuid() == 0
PATIENCE = 60  # seconds

ASK = """
import json, sys, urllib.error, urllib.request
base, answers = sys.argv[1], []
def ask(path, method="GET", headers={}, body=None):
    request = urllib.request.Request(base + path, method=method, headers=headers, data=body)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            answers.append([path, reply.status, len(reply.read())])
    except urllib.error.HTTPError as error:
        answers.append([path, error.code, 0])
body = json.dumps({"model": "klingai/video-v2-6-pro-text-to-video", "prompt": "mine"}).encode()
json_type = {"Content-Type": "application/json"}
for bearer in ({}, {"Authorization": "Bearer guess"}, {"Authorization": "Bearer "}, {"Authorization": "Basic Og=="}):
    ask("/v2/video/generations", "POST", {**json_type, **bearer}, body)
    ask("/v2/video/generations?generation_id=" + sys.argv[2], "GET", bearer)
for path in ("/", "/requests", "/clips/", "/clips/x.mp4", "/clips/../../etc/passwd",
             "/clips/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v2/", "/events"):
    ask(path)
print(json.dumps(answers))
"""


def listening_port(pid):
    """The port of 127.0.0.1 this process listens on, or None."""
    inodes = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(fd)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in inodes:
            address, port = fields[1].split(":")
            assert address == "0100007F", "it listens on loopback only"
            return int(port, 16)
    return None


def as_other(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/",
                          user=NOBODY if IS_ROOT else None, group=NOBODY if IS_ROOT else None)


class OtherUser(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="klingtext-mine-")
        # Nothing but the store itself protects what is in it.
        os.chmod(self.folder.name, 0o755)
        self.store = Path(self.folder.name) / "store"

    def tearDown(self):
        self.folder.cleanup()

    def launch(self, *more):
        return subprocess.Popen(
            ["gst-launch-1.0", "klingtextsrc", "name=source", "rehearse=true", "prompt=mine",
             f"store-dir={self.store}", *more], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def entry(self):
        for file in self.store.glob("*.json"):
            if len(file.stem) == 64:
                try:
                    return json.loads(file.read_text())
                except ValueError:
                    return {}
        return {}

    def test_the_service_inside_answers_nobody_else(self):
        # identity with a sleep keeps the process where it has a service and a film.
        process = self.launch("!", "identity", "sleep-time=20000", "!", "fakesink")
        try:
            port = wait_for(lambda: listening_port(process.pid))
            generation = wait_for(lambda: self.entry().get("generation_id"))
            asked = as_other("/usr/bin/python3", "-c", ASK, f"http://127.0.0.1:{port}", generation)
            self.assertEqual(asked.returncode, 0, asked.stderr)
            for path, status, _ in json.loads(asked.stdout):
                self.assertIn(status, (400, 401, 403, 404, 405), path)
        finally:
            process.kill()
            process.wait()
        generations = list((self.store / "rehearsal/generations").iterdir())
        self.assertEqual(len(generations), 1, "another user had something generated")

    def test_the_store_is_nobody_elses(self):
        self.assertEqual(self.launch("!", "fakesink").wait(PATIENCE), 0)
        everything = [self.store, *self.store.rglob("*")]
        self.assertGreater(len(everything), 5)
        self.assertEqual(os.stat(self.store).st_mode & 0o077, 0)
        for path in everything:
            self.assertEqual(os.lstat(path).st_mode & 0o022, 0, f"{path} can be written by others")
        if not IS_ROOT:
            self.skipTest("only root can become somebody else")
        for path in everything:
            read = as_other("cat" if path.is_file() else "ls", str(path))
            self.assertNotEqual(read.returncode, 0, path)
            self.assertNotEqual(as_other("touch", str(path)).returncode, 0, path)
        self.assertNotEqual(as_other("touch", str(self.store / "new")).returncode, 0)

    def test_a_store_laid_by_somebody_else_is_not_used(self):
        if not IS_ROOT:
            self.skipTest("only root can become somebody else")
        self.store.mkdir()
        os.chown(self.store, NOBODY, NOBODY)
        self.assertNotEqual(self.launch("!", "fakesink").wait(PATIENCE), 0)
        self.assertEqual(list(self.store.iterdir()), [])


unittest.main(argv=sys.argv[:1], verbosity=2)
