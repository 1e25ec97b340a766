# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores made by hand, and klingtext-journal run on them."""
import datetime
import fcntl
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
from pathlib import Path

try:
    import jsonschema
except ImportError:
    jsonschema = None

PROGRAM = sys.argv[1]
SCHEMA = json.loads((Path(__file__).resolve().parents[2] /
                     "docs/schema/klingtext-journal.schema.json").read_text())
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
SECRET = "0123456789abcdef-account-fingerprint"
FILM = b"\0\0\0\x08moov" + b"x" * 1992


def ago(**how_long):
    return (NOW - datetime.timedelta(**how_long)).strftime("%Y-%m-%dT%H:%M:%SZ")


class JournalTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.store = self.home / "klingtext"
        self.store.mkdir(mode=0o700)

    def add(self, letter, state="completed", clip=None, prompt="A white raccoon", **members):
        key = letter * 64
        entry = {"version": 1, "state": state, "key": key, "service": "https://api.aimlapi.com/v2",
                 "client_request_id": f"klingtext-{letter}-request", "take": 1, "seconds": 5,
                 "request": {"prompt": prompt, "model": "a-model"}, "submitted": ago(hours=3),
                 "account_salt": SECRET, "account": SECRET}
        if state in ("accepted", "completed"):
            entry["generation_id"] = f"id-{letter}:a-model"
        if clip is not None:
            file = self.store / f"{key}.mp4"
            file.write_bytes(clip)
            entry["clip"] = {"length": len(clip), "sha256": hashlib.sha256(clip).hexdigest(),
                             "modified": file.stat().st_mtime_ns}
        entry.update(members)
        (self.store / f"{key}.json").write_text(json.dumps({k: v for k, v in entry.items() if v is not None}))
        return key

    def run_it(self, *words, store=None, status=0, **environment):
        done = subprocess.run([PROGRAM, words[0], "--store", store or self.store, *words[1:]],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "COLUMNS": "", **environment})
        self.assertEqual(done.returncode, status, done)
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        return done

    def on_terminal(self, width, *words):
        """What a command prints on a terminal of this width."""
        near, far = os.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        with subprocess.Popen([PROGRAM, words[0], "--store", self.store, *words[1:]], stdout=far) as process:
            os.close(far)
            said = b""
            try:
                while piece := os.read(near, 65536):
                    said += piece
            except OSError:  # EIO: the other end is closed
                pass
        os.close(near)
        self.assertEqual(process.returncode, 0)
        return said.decode().replace("\r\n", "\n")

    def json_of(self, *words, **more):
        return self.checked(words[0], self.run_it(*words, "--json", **more).stdout)

    def checked(self, command, text):
        """The document that a command printed, which keeps to the schema that is installed."""
        document = json.loads(text)
        self.assertLessEqual(document.keys(), SCHEMA["$defs"][command]["properties"].keys())
        if jsonschema is not None:
            jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
        return document

    def snapshot(self):
        files = [self.store, *self.store.rglob("*")]
        return {str(f): (f.stat().st_mode, f.stat().st_mtime_ns, f.is_file() and f.read_bytes())
                for f in files}


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
