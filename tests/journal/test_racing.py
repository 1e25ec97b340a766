#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Commands that meet a purchase, POSTs counted: test_racing.py PROGRAM SOURCE-ROOT"""
import fcntl
import hashlib
import json
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "pay_once"))
from made_store import PROGRAM, JournalTest, ago, main  # noqa: E402
from stage import Service, Store  # noqa: E402


class Forgetting(JournalTest):
    def begin_forget(self, *words):
        """Started while another process has the lock; returns once it has looked and waits."""
        forget = subprocess.Popen([PROGRAM, "forget", "--store", self.store, *words],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("waiting for it", forget.stderr.readline())
        return forget

    def resubmit(self, key, letter, state, **members):
        """As another process writes the submission that follows the given-up one."""
        suffix = hashlib.sha256(f"klingtext-{letter}-request".encode()).hexdigest()[:16]
        entry = json.loads((self.store / f"{key}.json").read_text())
        entry.update({"state": state, "client_request_id": "klingtext-second-request",
                      "generation_id": "second", "submitted": ago(seconds=0), **members})
        file = self.store / f"{key}.{suffix}.json"
        file.write_text(json.dumps(entry))
        return file

    def test_sees_a_resubmission_that_completes_between_look_and_lock(self):
        for state in ("accepted", "completed"):
            key = self.add("a", "error")
            with open(self.store / f"{key}.lock", "w", encoding="ascii") as owned:
                fcntl.flock(owned, fcntl.LOCK_EX)
                forget = self.begin_forget("aa")
                file = self.resubmit(key, "a", state)
                fcntl.flock(owned, fcntl.LOCK_UN)
                _, refusal = forget.communicate(timeout=60)
            self.assertEqual(forget.returncode, 1, refusal)
            self.assertIn("paid for", refusal)
            self.assertIn("--force", refusal)
            self.assertTrue(file.exists() and (self.store / f"{key}.json").exists())
            self.assertEqual(self.json_of("list")["entries"][0]["generation_id"], "second")
            file.unlink()

    def test_forgets_when_nothing_has_changed(self):
        key = self.add("a", "error")
        with open(self.store / f"{key}.lock", "w", encoding="ascii") as owned:
            fcntl.flock(owned, fcntl.LOCK_EX)
            forget = self.begin_forget("aa")
            fcntl.flock(owned, fcntl.LOCK_UN)
            forget.communicate(timeout=60)
        self.assertEqual(forget.returncode, 0)
        self.assertFalse((self.store / f"{key}.json").exists())


class Paying(JournalTest):
    def setUp(self):
        super().setUp()
        self.service = Service("--statuses", "completed", "--always-submit", "normal+header=Retry-After:0")
        self.addCleanup(self.service.stop)
        self.bought = Store(self.service.url)
        self.addCleanup(self.bought.close)
        self.store = self.bought.path

    def fetch(self, *words, status=0):
        return self.run_it("fetch", *words, status=status, AIMLAPI_BASE_URL=self.service.url,
                           AIMLAPI_API_KEY="a-key")

    def test_an_evicted_clip_comes_back_without_another_submission(self):
        self.assertEqual(self.bought.run().status, 0)
        self.run_it("prune", "--size", "0")
        self.assertEqual(self.bought.files(".mp4"), [])
        self.assertIn("evicted", self.run_it("verify").stdout)
        self.fetch(self.bought.entry()["key"][:8])
        self.assertEqual(self.bought.files(".mp4")[0].read_bytes(), self.service.clip)
        self.assertEqual(self.bought.run().clip, self.service.clip)
        self.assertEqual(self.service.submissions, 1)

    def test_the_advice_for_a_damaged_entry_pays_nothing(self):
        first = self.bought.run()
        self.assertEqual(first.status, 0, first)
        entry = self.bought.files(".json")
        file = next(one for one in entry if len(one.stem) == 64)
        file.write_text("garbage")
        self.assertIn("set generation-id", self.run_it("verify", status=1).stdout)
        self.assertEqual(self.bought.run().status, 1)  # the same request
        self.assertEqual(self.fetch(status=3).stdout, "1 clip is missing.\n")
        followed = subprocess.run(
            ["gst-launch-1.0", "-q", "klingtextsrc", f"generation-id={first.generation_id}", "!",
             "filesink", f"location={self.home / 'again.mp4'}"], env=self.bought.environment(),
            capture_output=True, text=True, check=False)
        self.assertEqual(followed.returncode, 0, followed)
        self.assertEqual((self.home / "again.mp4").read_bytes(), self.service.clip)
        self.assertEqual(self.service.submissions, 1)

    def test_spent_counts_what_was_forgotten(self):
        self.assertEqual(self.bought.run().status, 0)
        self.run_it("forget", "--clip", self.bought.entry()["key"])
        self.assertEqual(self.json_of("spent")["today"]["seconds"], 5)
        self.assertEqual(self.bought.run(cap=9).status, 1)  # the cap counts it, too
        self.assertEqual(self.service.submissions, 1)


main()
