#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run that ends at its n-th call that touches a file or a connection, for every n, and a normal
start after it: nothing is paid twice, no id is lost, the clip is whole. An outcome is unknown only if
the submission was marked as started in the journal before the end."""
import itertools
import re
import sys
import threading

sys.dont_write_bytecode = True
from stage import LONG, PayOnce, Service, Store, main  # noqa: E402

MOST_CALLS = 2000
REFUSED_ONCE = ("--submit-answers", "429+header=Retry-After:0")


class KilledAtEveryCall(PayOnce):
    def life(self, service, wish, second_wish=None, lose_intent=False):
        """False when the first run came to its end by itself."""
        before = service.accepted
        with Store(service.url) as store:
            log = store.home / "calls"
            first = store.run(cut_short=wish, calls=log)
            if not first.killed:
                self.whole(first, service)
                return False
            if second_wish and not store.run(cut_short=second_wish, calls=log).killed:
                self.second_ended = True
            if lose_intent:
                for file, entry in zip(store.files(".json"), store.entries()):
                    if entry and entry["state"] == "intent":
                        file.unlink()
            given_up = self.goes_on(store, service, before)
            if given_up:
                calls = log.read_text()
                self.assertRegex(calls, re.compile(r"^\d+ pwrite64 \S+\.json started$", re.MULTILINE),
                                 "the outcome is unknown, but nothing was sent")
            self.unknown += given_up
            # And from now on without the service's help.
            connections = service.counts()["connections"]
            offline = store.run(key="")
            self.whole(offline, service)
            self.assertEqual(service.counts()["connections"], connections, "opened a socket")
        self.kills += 1
        return True

    def every_call(self, wish, stride=1, service_options=()):
        """`wish` has a place for the number. A service with options serves one life."""
        self.kills = self.unknown = 0
        numbers = itertools.count(1, stride)
        ended = threading.Event()
        failures = []

        def one(number, service):
            self.assertLess(number, MOST_CALLS)
            if not self.life(service, wish.format(number)):
                ended.set()

        def work():
            with Service() as lasting:
                while not ended.is_set() and not failures:
                    number = next(numbers)
                    try:
                        if service_options:
                            with Service(*service_options) as service:
                                one(number, service)
                        else:
                            one(number, lasting)
                    except AssertionError as failure:
                        failures.append(f"{wish.format(number)}: {failure}")

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(f"{self.kills} kills, {self.unknown} unknown outcomes", flush=True)
        self.assertEqual(failures, [])
        self.assertGreater(self.kills, 30 // stride)

    def test_instead_of_the_call(self):
        self.every_call("kill-before={}")
        self.assertGreater(self.unknown, 0, "no kill hit the time between intent and id")

    def test_right_after_the_call(self):
        self.every_call("kill-after={}")
        self.assertGreater(self.unknown, 0, "no kill hit the time between intent and id")

    def test_with_a_refused_attempt_in_front(self):
        self.every_call("kill-before={}", 1 if LONG else 2, REFUSED_ONCE)

    def test_right_after_the_call_with_a_refused_attempt_in_front(self):
        self.every_call("kill-after={}", 1 if LONG else 3, REFUSED_ONCE)

    def test_twice_in_a_row(self):
        self.kills = self.unknown = 0
        stride = 1 if LONG else 9
        with Service() as service:
            for first in range(1, MOST_CALLS, stride):
                self.second_ended = alive = False
                for second in range(1 + first % stride, MOST_CALLS, stride):
                    alive = self.life(service, f"kill-before={first}",
                                      second_wish=f"kill-before={second}")
                    if self.second_ended or not alive:
                        break
                if not alive:
                    break
        print(f"{self.kills} lives of two kills, {self.unknown} unknown outcomes")
        self.assertGreater(self.kills, 20)

    def test_finds_an_intent_that_is_not_on_the_disk(self):
        self.kills = self.unknown = 0
        with Service() as service:
            for number in range(1, MOST_CALLS):
                try:
                    if not self.life(service, f"kill-before={number}", lose_intent=True):
                        break
                except AssertionError as failure:
                    self.assertIn("paid twice", str(failure))
                    print(f"found at call {number}: {failure}")
                    return
        self.fail("the bug was not found")


main()
