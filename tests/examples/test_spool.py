#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/spool.py: several people's prompts in one store, each paid for once. Run by root they really
are several users; else one user plays all parts."""
import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from example import PATIENCE, ROOT, ExampleTest, main  # noqa: E402

IS_ROOT = os.geteuid() == 0
SERVICE, ALICE, BOB, TEAM = 61001, 61002, 61003, 61000


def user(number):
    return {"user": number, "group": TEAM, "extra_groups": []} if IS_ROOT else {}


class WithSpool(ExampleTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.store.home, 0o755)
        reads = subprocess.run(["test", "-r", ROOT / "examples/spool.py"], check=False, **user(SERVICE))
        if reads.returncode != 0:
            self.skipTest("other users cannot read the folder of the sources")
        self.spool = self.path("spool")
        for name, mode in (("spool", 0o755), ("spool/in", 0o3770), ("spool/out", 0o2750), ("home", 0o700)):
            folder = self.path(name)
            folder.mkdir()
            if IS_ROOT:
                os.chown(folder, SERVICE, TEAM)
            os.chmod(folder, mode)

    def as_user(self, number, *command, status=0, **environment):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd="/",
                              umask=0o027, env={**self.store.environment(), **environment}, **user(number))
        if status is not None:
            self.assertEqual(done.returncode, status, done)
        return done

    def write(self, number, name, text):
        self.as_user(number, "sh", "-c", 'printf %s "$1" > "$2"', "sh", text, self.spool / "in" / name)

    def serve(self, status=0):
        home = str(self.path("home"))
        return self.as_user(SERVICE, sys.executable, ROOT / "examples/spool.py", "--real", self.spool, status=status,
                            HOME=home, XDG_DATA_HOME=home, XDG_CACHE_HOME=home, GST_REGISTRY=home + "/registry",
                            PYTHONDONTWRITEBYTECODE="1")


class Spool(WithSpool):
    def test_each_prompt_is_paid_for_once(self):
        self.write(ALICE, "rain.txt", "A raccoon in the rain\n")
        self.write(BOB, "his own.txt", "A raccoon in the rain")
        self.write(BOB, "snow.txt", "東京の雪 & 100 %?")
        self.serve()
        self.assertEqual(self.service.submissions, 2)
        self.assertEqual(list((self.spool / "in").iterdir()), [])
        for name in ("rain.mp4", "his own.mp4", "snow.mp4"):
            seen = self.as_user(ALICE, "sha256sum", self.spool / "out" / name).stdout.split()[0]
            self.assertEqual(seen, subprocess.run(["sha256sum"], input=self.film, capture_output=True,
                                                  check=True).stdout.decode().split()[0])
        self.write(ALICE, "again.txt", "東京の雪 & 100 %?")
        self.serve()
        self.assertEqual(self.service.submissions, 2)

    def test_reads_no_file_of_the_service_user(self):
        secret = self.path("home") / "secret"
        secret.write_text("the-secret")
        if IS_ROOT:
            os.chown(secret, SERVICE, TEAM)
        os.chmod(secret, 0o600)
        incoming = self.spool / "in"
        self.as_user(ALICE, "ln", "-s", secret, incoming / "link.txt")
        self.as_user(ALICE, "mkfifo", incoming / "pipe.txt")
        self.as_user(ALICE, "mkdir", incoming / "folder.txt")
        self.write(ALICE, "large.txt", "x" * 10001)
        self.write(ALICE, "empty.txt", " \n")
        said = self.serve(status=1)
        self.assertEqual(self.service.submissions, 0)
        self.assertNotIn("the-secret", said.stdout + said.stderr)
        errors = {file.stem: file.read_text() for file in (self.spool / "out").glob("*.error")}
        self.assertEqual(set(errors), {"link", "pipe", "folder", "large", "empty"})
        self.assertEqual({*errors.values()}, {"This is no readable text of at most 10000 bytes.\n"})

    @unittest.skipUnless(IS_ROOT, "only root can become somebody else")
    def test_a_group_cannot_share_a_store(self):
        shared = self.path("shared")
        shared.mkdir()
        os.chown(shared, SERVICE, TEAM)
        os.chmod(shared, 0o2770)
        for number in (SERVICE, ALICE):
            done = self.as_user(number, "gst-launch-1.0", "klingtextsrc", "prompt=One", "api-key=test-key",
                                f"base-url={self.service.url}", f"store-dir={shared}", "!", "fakesink", status=None,
                                HOME="/nonexistent", GST_REGISTRY=f"/tmp/klingtext-registry-{number}-{os.getpid()}")
            Path(f"/tmp/klingtext-registry-{number}-{os.getpid()}").unlink(missing_ok=True)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("store", done.stdout + done.stderr)
        self.assertEqual(self.service.submissions, 0)
        self.assertEqual(list(shared.iterdir()), [])


class Fails(WithSpool):
    service_options = (*ExampleTest.at_once, "--poll-answers", "error=Policy/No raccoons")

    def test_says_why_and_is_not_bought_again(self):
        self.write(ALICE, "bad.txt", "A raccoon")
        for _ in range(2):
            self.serve(status=1)
            self.assertIn("No raccoons", (self.spool / "out/bad.error").read_text())
        self.assertTrue((self.spool / "in/bad.txt").exists())
        self.assertEqual(self.service.submissions, 1)


main()
