#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""prune: test_pruning.py PROGRAM SOURCE-ROOT"""
import fcntl
import json
import os
import sys
import time

sys.dont_write_bytecode = True
from made_store import FILM, JournalTest, main  # noqa: E402


class Pruning(JournalTest):
    def used(self, key, when):
        """Notes when a clip was read last, seconds after 1970."""
        file = self.store / f"{key}.mp4"
        os.utime(file, ns=(when * 10**9, file.stat().st_mtime_ns))
        return file

    def entry(self, key):
        return json.loads((self.store / f"{key}.json").read_text())

    def test_evicts_the_least_recently_used_clips(self):
        old, new, middle = (self.add(letter, clip=FILM) for letter in "abc")
        for key, when in ((old, 10), (middle, 20), (new, 30)):
            self.used(key, when)
        document = self.json_of("prune", "--size", str(len(FILM)))
        self.assertEqual((document["evicted"], document["left"]),
                         ({"clips": 2, "bytes": 2 * len(FILM)}, {"clips": 1, "bytes": len(FILM)}))
        self.assertEqual([file.stem for file in self.store.glob("*.mp4")], [new])
        self.assertEqual([self.entry(key)["clip"].get("evicted", False) for key in (old, middle, new)],
                         [True, True, False])
        self.assertTrue(self.json_of("verify")["ok"])
        self.assertIn("Evicted 0 clips", self.run_it("prune", "--size", "1000000").stdout)
        said = self.run_it("prune", "--size", "0").stdout
        self.assertIn("Evicted 1 clip (2.0 kB)", said)
        self.assertIn("klingtext-journal fetch WHICH", said)

    def test_keeps_a_clip_that_is_read(self):
        key = self.add("a", clip=FILM)
        with open(self.store / f"{key}.mp4", "rb") as read:
            fcntl.flock(read, fcntl.LOCK_SH)
            self.assertIn("being read", self.run_it("prune", "--size", "0", status=1).stderr)
        self.assertTrue((self.store / f"{key}.mp4").exists())
        self.run_it("prune", "--size", "0")
        self.assertFalse((self.store / f"{key}.mp4").exists())

    def test_keeps_the_clip_of_an_entry_that_cannot_be_read(self):
        key = self.add("a", clip=FILM)
        (self.store / f"{key}.json").write_text("garbage")
        self.assertIn("klingtext-journal verify", self.run_it("prune", "--size", "0", status=1).stderr)
        self.assertTrue((self.store / f"{key}.mp4").exists())

    def test_removes_what_ended_processes_left(self):
        whole, forgotten = self.add("a", clip=FILM), "b" * 64
        for key in (whole, forgotten):
            (self.store / f"{key}.part").write_bytes(b"x" * 4096)
            (self.store / f"{key}.part.log").write_text("{}")
            (self.store / f"{key}.lock").touch()
        drafts = self.store / "drafts"
        drafts.mkdir()
        for name, age in (("old.tmp", 2 * 86400), ("young.tmp", 0)):
            (drafts / name).write_bytes(b"y" * 100)
            os.utime(drafts / name, (time.time() - age,) * 2)
        document = self.json_of("prune", "--size", "1000000")
        self.assertEqual(document["leftovers"], {"files": 7, "bytes": 2 * 4096 + 2 * 2 + 100})
        self.assertEqual(document["evicted"]["clips"], 0)
        self.assertEqual({str(file.relative_to(self.store)) for file in self.store.rglob("*")
                          if file.is_file()},
                         {f"{whole}.json", f"{whole}.mp4", "drafts/young.tmp"})

    def test_keeps_what_a_run_goes_on_with(self):
        kept = []
        for letter, state in (("a", "accepted"), ("b", "completed"), ("c", "unknown")):
            key = self.add(letter, state)
            kept.append(self.store / f"{key}.part")
        damaged = "d" * 64
        (self.store / f"{damaged}.json").write_text("garbage")
        kept.append(self.store / f"{damaged}.part")
        for file in kept:
            file.write_bytes(b"x")
            (self.store / (file.name + ".log")).write_text("{}")
        self.assertEqual(self.json_of("prune", "--size", "0")["leftovers"]["files"], 0)
        for file in kept:
            self.assertTrue(file.exists() and (self.store / (file.name + ".log")).exists(), file)

    def test_keeps_what_a_process_has_locked(self):
        locked = [self.store / ("a" * 64 + ".part"), self.store / ("b" * 64 + ".lock")]
        (self.store / ("b" * 64 + ".part")).write_bytes(b"x")
        with open(locked[0], "wb") as part, open(locked[1], "wb") as lock:
            fcntl.flock(part, fcntl.LOCK_EX)
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.json_of("prune", "--size", "0")["leftovers"]["files"], 0)
            self.assertTrue(all(file.exists() for file in locked))
            self.assertTrue((self.store / ("b" * 64 + ".part")).exists())
        self.assertEqual(self.json_of("prune", "--size", "0")["leftovers"]["files"], 3)


main()
