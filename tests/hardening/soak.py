#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A thousand generations through one process, and through fifty that are killed at random, while the
service answers at random too. Nothing is lost, nothing is bought twice, and nothing piles up.
KLINGTEXT_LONG=1 runs all of it for three seeds; else a small one shows that it works."""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pay_once"))
from stage import BUILD, LONG, Service, Store, fake_mp4, main  # noqa: E402

DRIVER = BUILD / "tests/hardening/soak-driver"
GENERATIONS, PROCESSES = (1000, 50) if LONG else (24, 3)
SEEDS = [int(seed) for seed in os.environ.get("SOAK_SEEDS", "1 2 3" if LONG else "1").split()]
PATIENCE = 3600  # seconds; nothing waits that long but a broken test

# (how often, what): what the service does to the n-th request of a kind.
SUBMISSIONS = [(60, "normal"), (8, "429+header=Retry-After:0"), (8, "503+header=Retry-After:0"),
               (4, "lost"), (4, "lost-reset"), (4, "close-unread"), (4, "reset-unread"), (3, "500"),
               (3, "garbage"), (2, "json={}"), (2, "though-accepted"), (2, "redirect=/elsewhere")]
POLLS = [(80, "normal"), (3, "generation=weird"), (3, "json={}"), (3, "429+header=Retry-After:0"),
         (3, "502+header=Retry-After:0"), (2, "404")]
CLIPS = [(50, "normal"), (10, "cut-after=9000"), (10, "reset-after=30000"), (5, "503+header=Retry-After:0"),
         (5, "403+header=Retry-After:0"), (5, "ignoring-range"), (5, "chunked"), (5, "without-length"),
         (3, "json={}"), (3, "gzip"), (2, "etag=\"other\"")]


def drawn(chance, kinds, count):
    weights = [weight for weight, _ in kinds]
    return ",".join(chance.choices([word for _, word in kinds], weights, k=count))


class Soak(unittest.TestCase):
    def begin(self, store, service, first, count, parallel, seed):
        return subprocess.Popen([DRIVER, store.path, service.url, str(first), str(count), str(parallel),
                                 str(seed), store.home / "clip.mp4"], stdout=subprocess.PIPE, text=True)

    def one_process(self, store, service, seed, _):
        process = self.begin(store, service, 1, GENERATIONS, 16, seed)
        lines = [json.loads(line) for line in process.communicate(timeout=PATIENCE)[0].splitlines()]
        self.assertEqual(process.returncode, 0, lines[-1:])
        # Once it has warmed up, neither descriptors nor memory may grow with the films.
        if len(lines) > 4:
            warm, last = lines[2], lines[-1]
            self.assertLessEqual(last["descriptors"], warm["descriptors"] + 40)
            self.assertLessEqual(last["kilobytes"], warm["kilobytes"] * 1.25 + 8192)
        return "descriptors " + " ".join(str(line["descriptors"]) for line in lines) + \
            "; kilobytes " + " ".join(str(line["kilobytes"]) for line in lines)

    def many_processes(self, store, service, seed, chance):
        share = GENERATIONS // PROCESSES
        firsts = {1 + i * share: None for i in range(PROCESSES)}
        kills_left = 3 * PROCESSES
        kills = 0
        until = time.monotonic() + PATIENCE
        while firsts:
            self.assertLess(time.monotonic(), until)
            for first in list(firsts):
                process = firsts[first]
                if process is None:
                    firsts[first] = self.begin(store, service, first, share, 1, seed)
                elif process.poll() is not None:
                    process.communicate()
                    if process.returncode == 0:
                        del firsts[first]
                    else:
                        self.assertEqual(process.returncode, -9, f"process of {first}")
                        firsts[first] = None
            running = [process for process in firsts.values() if process and process.poll() is None]
            if running and kills_left:
                chance.choice(running).kill()
                kills_left -= 1
                kills += 1
            time.sleep(0.05 + 0.2 * chance.random())
        return f"{kills} kills"

    def soak(self, way, name):
        for seed in SEEDS:
            chance = random.Random(seed)
            clip = fake_mp4(60_000, seed)
            many = 12 * GENERATIONS
            options = ["--statuses", "queued,generating,completed",
                       "--submit-answers", drawn(chance, SUBMISSIONS, 3 * GENERATIONS),
                       "--poll-answers", drawn(chance, POLLS, many // 2),
                       "--clip-answers", drawn(chance, CLIPS, many // 4)]
            with self.subTest(seed=seed), Service(*options, clip=clip) as service, \
                    Store(service.url) as store:
                (store.home / "clip.mp4").write_bytes(clip)
                store.path.mkdir(parents=True, mode=0o700)
                told = way(store, service, seed, chance)
                self.account(store, service, f"{name}, seed {seed}", told, clip)

    def account(self, store, service, name, told, clip):
        entries = store.entries()
        self.assertNotIn(None, entries, "an entry cannot be read")
        whole = sum(file.read_bytes() == clip for file in store.files(".mp4"))
        given_up = sum(len(entry.get("given_up", [])) for entry in entries)
        # What the service took must be what the journal knows: each client request once, either an
        # entry's own or one that was given up by name.
        known = [entry["client_request_id"] for entry in entries] + \
            [one["client_request_id"] for entry in entries for one in entry.get("given_up", [])]
        accepted = service.accepted_requests()
        duplicates = len(accepted) - len(set(accepted) & set(known))
        lost = GENERATIONS - whole
        print(f"{name}: {GENERATIONS} generations, {service.submissions} submissions, {len(accepted)} accepted, "
              f"{given_up} unknown outcomes given up by name, duplicates {duplicates}, lost {lost}; {told}")
        self.assertEqual(len(entries), GENERATIONS)
        self.assertEqual(duplicates, 0)
        self.assertEqual(lost, 0)

    def test_one_process(self):
        self.soak(self.one_process, "one process")

    def test_many_processes(self):
        self.soak(self.many_processes, f"{PROCESSES} processes")


main()
