#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""64 elements in one process that start and stop at random times against a slow service. What was billed is
what the journal knows, and no submission is sent after its element was stopped: where the journal has no
submission in progress when the change to NULL has returned, none arrives until the element is started again or
the process has ended.
KLINGTEXT_LONG=1 runs for ten minutes, else for 15 s."""
import json
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
SUBMISSIONS = ["normal+drip=4000"] * 6 + ["429+header=Retry-After:1", "503+header=Retry-After:1", "lost",
                                          "500", "though-accepted", "close-unread"]


class Element:
    def __init__(self, number):
        self.number = number
        self.take = 0
        self.arrived = None  # of its submissions, since it was stopped before it had sent one; else None

    @property
    def prompt(self):
        return f"raccoon-{self.number}-{self.take}-"


class Elements:
    def __init__(self, test, application, service, store):
        self.test, self.application, self.service, self.store = test, application, service, store
        self.all = [Element(number) for number in range(ELEMENTS)]
        self.starts = self.stops = 0

    def is_sent(self, element):
        """Whether the journal has it as sent: by its state, or by the mark that is made before it is sent."""
        try:
            entry = json.loads((self.store.path / (self.application.do(f"key {element.number}") + ".json")).read_text())
        except FileNotFoundError:  # never reserved, or withdrawn: not sent, or refused
            return False
        return entry["state"] != "intent" or entry["sending"] != "pending"

    def expect_none_since_its_stop(self, element):
        if element.arrived is not None:
            self.test.assertEqual(self.service.posts(element.prompt), element.arrived,
                                  f"{element.prompt} was sent after its element was stopped")

    def play(self, number):
        element = self.all[number]
        self.expect_none_since_its_stop(element)
        element.arrived = None
        self.application.do(f"prompt {number} {element.prompt}")
        self.application.do(f"play {number}")
        self.starts += 1

    def stop(self, numbers, command):
        self.application.do(command)
        for element in (self.all[number] for number in numbers):
            if self.is_sent(element):
                element.take += 1  # bought, or perhaps: the next start is for another video
                continue
            refused, others = element.arrived = self.service.posts(element.prompt)
            self.test.assertEqual(others, 0, f"{element.prompt} was sent, and the journal does not know it")
            self.stops += 1


class SoakStops(unittest.TestCase):
    def test_started_and_stopped_at_random(self):
        seed = int(os.environ.get("SOAK_SEEDS", "1").split()[0])
        chance = random.Random(seed)
        answers = ",".join(chance.choice(SUBMISSIONS) for _ in range(40 * SECONDS))
        with Service("--submit-answers", answers, "--always-submit", "normal+drip=4000", "--polls", "3",
                     clip=fake_mp4(50_000)) as service, Store(service.url) as store:
            store.path.mkdir(parents=True, mode=0o700)
            pipelines = ["klingtextsrc poll-interval=200 ! fakesink"] * ELEMENTS
            with Application(store, *pipelines) as application:
                elements = Elements(self, application, service, store)
                playing = self.endure(elements, chance)
                elements.stop(sorted(playing), "null")
                service.release()
                application.exit()
            # The process has ended: nothing more can arrive.
            for element in elements.all:
                elements.expect_none_since_its_stop(element)
            self.account(store, service, f"seed {seed}: {elements.starts} starts, {elements.stops} stops before "
                         "anything was sent and none sent after its stop")

    def endure(self, elements, chance):
        until = time.monotonic() + SECONDS
        playing = set()
        while time.monotonic() < until:
            number = chance.randrange(ELEMENTS)
            if number not in playing:
                elements.play(number)
                playing.add(number)
            elif chance.random() < 0.7:
                elements.stop([number], f"null {number}")
                playing.discard(number)
            if chance.random() < 0.02:
                elements.stop(sorted(playing), "null")
                playing.clear()
            time.sleep(0.03 * chance.random())  # the load
        return playing

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
