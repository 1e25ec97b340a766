#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""fetch, with the POSTs that reach the service counted: test_fetching.py PROGRAM SOURCE-ROOT"""
import contextlib
import fcntl
import json
import os
import pty
import subprocess
import sys
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "pay_once"))
from made_store import FILM, PROGRAM, JournalTest, main  # noqa: E402
from stage import Service, wait_for  # noqa: E402

AT_ONCE = ("--always-poll", "normal+header=Retry-After:0")


class Fetching(JournalTest):
    def serve(self, *options, **more):
        service = Service(*options, **more)
        self.addCleanup(service.stop)
        return service

    def buy(self, service, letter, key="a-key", **members):
        """An entry whose generation the service has, as an ended process leaves it."""
        asked = urllib.request.Request(service.url + "/video/generations", method="POST", data=b"{}",
                                       headers={"Authorization": f"Bearer {key}",
                                                "Content-Type": "application/json"})
        with urllib.request.urlopen(asked) as answer:
            made = json.load(answer)
        self.bought = service.submissions
        return self.add(letter, **{"state": "accepted", "service": service.url,
                                   "generation_id": made.get("generation_id") or made["id"], **members})

    def fetch(self, service, *words, status=0, key="a-key", **environment):
        done = self.run_it("fetch", *words, status=status, AIMLAPI_BASE_URL=service.url,
                           AIMLAPI_API_KEY=key, **environment)
        self.assertEqual(service.submissions, getattr(self, "bought", 0), "fetch has submitted")
        return done

    def is_whole(self, key, service):
        entry = json.loads((self.store / f"{key}.json").read_text())
        self.assertEqual(entry["state"], "completed", entry)
        self.assertEqual((self.store / f"{key}.mp4").read_bytes(), service.clip)
        self.assertEqual(list(self.store.glob("*.part*")) + list(self.store.glob("*.lock")), [])

    def test_follows_a_running_generation(self):
        service = self.serve("--statuses", "queued,generating,completed", *AT_ONCE)
        key = self.buy(service, "a")
        said = self.fetch(service).stdout
        self.is_whole(key, service)
        for word in ("generating", "downloading", "downloaded", f"{key}.mp4", "No paid clip is missing"):
            self.assertIn(word, said)
        self.assertEqual(self.json_of("verify")["ok"], True)
        polls = service.counts()["polls"]
        self.assertEqual(self.fetch(service).stdout, "No paid clip is missing.\n")
        self.assertEqual(service.counts()["polls"], polls)

    def test_downloads_missing_partial_and_changed_clips(self):
        service = self.serve("--statuses", "completed")
        missing = self.buy(service, "a", state="completed", clip=FILM)
        shorter = self.buy(service, "b", state="completed", clip=FILM)
        changed = self.buy(service, "c", state="completed", clip=FILM)
        partial = self.buy(service, "d", state="completed")
        (self.store / f"{missing}.mp4").unlink()
        (self.store / f"{shorter}.mp4").write_bytes(FILM[:-1])
        (self.store / f"{changed}.mp4").write_bytes(FILM[:-1] + b"y")
        (self.store / f"{partial}.part").write_bytes(service.clip[:1000])
        document = self.checked("fetch", self.fetch(service, "--json", "--jobs", "2").stdout)
        self.assertEqual({entry["key"] for entry in document["fetched"]},
                         {missing, shorter, changed, partial})
        self.assertEqual((document["ok"], document["missing"], document["failed"], document["damaged"]),
                         (True, [], [], []))
        for key in (missing, shorter, changed, partial):
            self.is_whole(key, service)

    def test_downloads_a_clip_that_an_older_version_kept_cut(self):
        service = self.serve("--statuses", "completed")
        cut = b"\0\0\0\x08moov\0\0\x10\0mdat" + b"x" * 500
        key = self.buy(service, "a", state="completed", clip=cut)
        self.assertIn(f"{key}.mp4", self.fetch(service).stdout)
        self.is_whole(key, service)
        self.assertTrue(json.loads((self.store / f"{key}.json").read_text())["clip"]["whole"])
        self.assertEqual(self.json_of("verify")["ok"], True)

    def test_resumes_what_an_ended_fetch_left(self):
        service = self.serve("--statuses", "completed", "--clip-answers", "normal+hold-after=60000")
        key = self.buy(service, "a")
        first = subprocess.Popen([PROGRAM, "fetch", "--store", self.store], stdout=subprocess.DEVNULL,
                                 env={**os.environ, "AIMLAPI_BASE_URL": service.url,
                                      "AIMLAPI_API_KEY": "a-key"})
        self.addCleanup(first.kill)
        part = self.store / f"{key}.part"
        wait_for(lambda: part.exists() and part.stat().st_size >= 60000)
        first.terminate()
        first.wait()
        self.assertFalse((self.store / f"{key}.mp4").exists())
        service.release()
        before = service.counts()["clip_bytes"]
        self.fetch(service)
        self.is_whole(key, service)
        self.assertLess(service.counts()["clip_bytes"] - before, len(service.clip))

    def test_at_most_n_at_a_time(self):
        service = self.serve("--statuses", "completed", "--always-clip", "normal+hold-after=1000")
        for letter in "abcde":
            self.buy(service, letter)
        running = subprocess.Popen([PROGRAM, "fetch", "--jobs", "2", "--store", self.store],
                                   stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, "AIMLAPI_BASE_URL": service.url,
                                        "AIMLAPI_API_KEY": "a-key"})
        self.addCleanup(running.kill)
        wait_for(lambda: service.counts()["clip_requests"] >= 2)
        self.assertEqual(service.counts()["clip_requests"], 2)
        self.assertEqual(service.counts()["polls"], 2)
        self.assertEqual(len(list(self.store.glob("*.part"))), 2)
        service.release()
        said, _ = running.communicate(timeout=60)
        self.assertEqual((running.returncode, said.count(" downloaded (")), (0, 5), said)
        self.assertEqual(service.submissions, self.bought)

    def test_an_evicted_clip_only_when_it_is_named(self):
        service = self.serve("--statuses", "completed")
        key = self.buy(service, "a", state="completed", clip=service.clip)
        (self.store / f"{key}.mp4").unlink()
        file = self.store / f"{key}.json"
        entry = json.loads(file.read_text())
        entry["clip"]["evicted"] = True
        file.write_text(json.dumps(entry))
        self.assertEqual(self.json_of("list")["entries"][0]["clip"]["state"], "evicted")
        self.assertIn("1 clip is evicted", self.fetch(service).stdout)
        self.assertEqual(service.counts()["polls"], 0)
        self.assertEqual(self.json_of("fetch", AIMLAPI_BASE_URL=service.url)["evicted"], 1)
        self.fetch(service, "aaaa")
        self.is_whole(key, service)

    def test_only_what_is_named(self):
        service = self.serve("--statuses", "completed")
        one, other = self.buy(service, "a"), self.buy(service, "b")
        self.fetch(service, "aa", one)
        self.is_whole(one, service)
        self.assertFalse((self.store / f"{other}.mp4").exists())
        self.assertIn("klingtext-journal list", self.fetch(service, "zz", status=1).stderr)

    def test_rehearsals_and_failures_are_not_missing(self):
        service = self.serve()
        self.add("a", "accepted", service="rehearsal")
        self.add("b", "completed", service="rehearsal")
        self.add("c", "error")
        self.assertIn("No paid clip is missing", self.fetch(service, key="").stdout)
        self.assertEqual(service.counts()["polls"], 0)

    def test_unknown_outcomes_are_missing_and_not_submitted(self):
        service = self.serve()
        self.add("a", "unknown", service=service.url)
        self.add("b", "intent", service=service.url)
        done = self.fetch(service, status=3)
        for word in ("unknown outcome", "may exist and be billed", "recover --adopt",
                     "resubmit=klingtext-a-request", "2 clips are missing"):
            self.assertIn(word, done.stdout)
        document = self.checked("fetch", self.fetch(service, "--json", status=3).stdout)
        self.assertEqual([one["what"] for one in document["missing"]], ["unknown", "unknown"])
        self.assertEqual((document["ok"], service.counts()["polls"]), (False, 0))

    def test_what_is_being_submitted_is_missing(self):
        service = self.serve()
        key = self.add("a", "intent", service=service.url)
        with open(self.store / f"{key}.lock", "w", encoding="ascii") as owned:
            fcntl.flock(owned, fcntl.LOCK_EX)
            self.assertIn("being submitted right now", self.fetch(service, status=3).stdout)

    def test_a_damaged_entry_is_missing_and_kept(self):
        service = self.serve("--statuses", "completed")
        key = self.buy(service, "a")
        damaged = self.store / ("b" * 64 + ".json")
        damaged.write_text('{"state":')
        done = self.fetch(service, status=3)
        self.is_whole(key, service)
        self.assertIn(damaged.name, done.stderr)
        self.assertIn("1 clip is missing", done.stdout)
        self.assertEqual(damaged.read_text(), '{"state":')

    def test_a_generation_that_fails_is_not_billed(self):
        service = self.serve("--always-poll", "error=Bad/No_raccoons")
        key = self.buy(service, "a")
        self.assertIn("failed generations are not billed", self.fetch(service).stdout)
        self.assertEqual(json.loads((self.store / f"{key}.json").read_text())["state"], "error")

    def test_a_clip_that_is_gone_stays_missing_and_paid(self):
        service = self.serve("--always-poll", "error=Bad/It_is_gone")
        key = self.buy(service, "a", state="completed")
        done = self.fetch(service, status=3)
        self.assertIn("was completed and paid", done.stdout)
        self.assertIn("1 clip is missing", done.stdout)
        self.assertEqual(json.loads((self.store / f"{key}.json").read_text())["state"], "completed")

    def test_without_a_key(self):
        service = self.serve()
        self.buy(service, "a")
        self.buy(service, "b")
        done = self.fetch(service, status=3, key="")
        self.assertEqual(done.stderr.count("--api-key-file"), 1, done.stderr)
        self.assertNotIn("rehearse=true", done.stderr)
        self.assertIn("2 clips are missing", done.stdout)
        self.assertEqual(service.counts()["polls"], 0)

    def test_the_key_from_a_file(self):
        service = self.serve("--statuses", "completed", "--api-key", "file-key")
        key = self.buy(service, "a", key="file-key")
        nothing = self.fetch(service, "--api-key-file", self.home / "none", status=3).stderr
        self.assertIn("The --api-key-file ", nothing)
        file = self.home / "key"
        file.write_text("file-key\n")
        file.chmod(0o600)
        done = self.fetch(service, "--api-key-file", file)
        self.assertNotIn("file-key", done.stdout + done.stderr)
        self.is_whole(key, service)

    def test_the_key_goes_to_the_service_it_is_for(self):
        service, other = self.serve("--statuses", "completed"), self.serve()
        key = self.buy(service, "a")
        self.bought = 0  # at the other one
        refusal = self.fetch(other, status=3).stdout
        self.assertIn("Set AIMLAPI_BASE_URL", refusal)
        self.assertEqual((service.counts()["polls"], other.counts()["polls"]), (0, 0))
        self.assertFalse((self.store / f"{key}.mp4").exists())

    def test_a_terminal_shows_one_line_of_progress(self):
        service = self.serve("--statuses", "completed", "--clip-answers", "normal+hold-after=60000")
        key = self.buy(service, "a")
        ours, theirs = pty.openpty()
        running = subprocess.Popen([PROGRAM, "fetch", "--store", self.store], stdout=theirs,
                                   env={**os.environ, "TERM": "xterm", "AIMLAPI_API_KEY": "a-key",
                                        "AIMLAPI_BASE_URL": service.url})
        self.addCleanup(running.kill)
        os.close(theirs)
        said = b""
        while b"downloading 1" not in said:
            said += os.read(ours, 4096)
        service.release()
        with contextlib.suppress(OSError):  # EIO: the program has ended
            while True:
                said += os.read(ours, 4096)
        os.close(ours)
        self.assertEqual(running.wait(), 0)
        self.assertIn(b"0 of 1 clips; downloading 1", said)
        self.is_whole(key, service)


main()
