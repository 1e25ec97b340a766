#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""64 elements in one process that start and stop at random times against a slow service. What was billed is
what the journal knows, and no submission is sent after its element was stopped.
KLINGTEXT_LONG=1 runs for ten minutes, else for 15 s."""
import os
import random
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pay_once"))
from stage import LONG, Application, Service, Store, fake_mp4, main  # noqa: E402

ELEMENTS = 64
SECONDS = 600 if LONG else 15
AT_ONCE = 4  # submissions
SUBMISSIONS = ["normal+drip=4000"] * 6 + ["429+header=Retry-After:1", "503+header=Retry-After:1", "lost",
                                          "500", "though-accepted", "close-unread"]


class SoakStops(unittest.TestCase):
    def test_started_and_stopped_at_random(self):
        seed = int(os.environ.get("SOAK_SEEDS", "1").split()[0])
        chance = random.Random(seed)
        answers = ",".join(chance.choice(SUBMISSIONS) for _ in range(40 * SECONDS))
        with Service("--submit-answers", answers, "--always-submit", "normal+drip=4000", "--polls", "3",
                     clip=fake_mp4(50_000)) as service, Store(service.url) as store:
            takes = [f'klingtextsrc prompt="A white raccoon" take={take} poll-interval=200 ! fakesink'
                     for take in range(1, ELEMENTS + 1)]
            with Application(store, *takes) as application:
                starts, late = self.endure(application, service, chance)
                application.do("null")
                service.release()
                application.exit()
            self.account(store, service, f"seed {seed}: {starts} starts, {late} sent after the last stop")

    def endure(self, application, service, chance):
        until = time.monotonic() + SECONDS
        playing = set()
        starts = late = 0
        while time.monotonic() < until:
            number = chance.randrange(ELEMENTS)
            if number in playing and chance.random() < 0.7:
                application.do(f"null {number}")
                playing.discard(number)
            else:
                application.do(f"play {number}")
                playing.add(number)
                starts += 1
            if chance.random() < 0.02:
                application.do("null")
                playing.clear()
                late += self.sent_after_a_stop(service)
            time.sleep(0.03 * chance.random())
        return starts, late

    def sent_after_a_stop(self, service):
        """All are stopped: what is in flight may still arrive, and nothing else."""
        before = service.submissions
        time.sleep(0.5)
        after = service.submissions
        self.assertLessEqual(after - before, AT_ONCE, "sent after its element was stopped")
        time.sleep(0.5)
        self.assertEqual(service.submissions, after, "sent after its element was stopped")
        return after - before

    def account(self, store, service, told):
        accepted = service.accepted_requests()
        entries = store.entries()
        self.assertNotIn(None, entries)
        states = {entry["client_request_id"]: entry["state"] for entry in entries}
        # Every one that was billed is in the journal; every entry was billed or is unknown.
        self.assertEqual(len(set(accepted)), len(accepted), "paid twice")
        self.assertLessEqual(set(accepted), set(states), "billed and not in the journal")
        not_billed = {id for id in states if id not in accepted}
        self.assertLessEqual({states[id] for id in not_billed}, {"intent", "unknown"}, states)
        requests = {id.split(":")[1] for id in accepted}
        self.assertEqual(len(requests), len(accepted), "a request was billed twice")
        print(f"{told}; {service.submissions} submissions, {len(accepted)} billed, {len(entries)} in the journal, "
              f"{len(not_billed)} of them unknown")
        self.assertGreater(len(accepted), ELEMENTS // 4)


main()
