#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run that ends at its n-th call that touches a file or a connection, for every n, and a normal
start after it: nothing is paid twice, no id is lost, the film is whole."""
import itertools
import sys
import threading

sys.dont_write_bytecode = True
from stage import LONG, PayOnce, Service, Store, main  # noqa: E402

MOST_CALLS = 2000


class KilledAtEveryCall(PayOnce):
    def life(self, service, wish, second_wish=None, lose_intent=False):
        """False when the first run came to its end by itself."""
        before = service.submissions
        with Store(service.url) as store:
            first = store.run(cut_short=wish)
            if not first.killed:
                self.whole(first, service)
                return False
            if second_wish and not store.run(cut_short=second_wish).killed:
                self.second_ended = True
            if lose_intent:
                for file, entry in zip(store.files(".json"), store.entries()):
                    if entry and entry["state"] == "intent":
                        file.unlink()
            self.unknown += self.goes_on(store, service, before)
            # And from now on without the service's help.
            connections = service.counts()["connections"]
            offline = store.run(key="")
            self.whole(offline, service)
            self.assertEqual(service.counts()["connections"], connections, "opened a socket")
        self.kills += 1
        return True

    def every_call(self, when):
        self.kills = self.unknown = 0
        numbers = itertools.count(1)
        ended = threading.Event()
        failures = []

        def work():
            with Service() as service:
                while not ended.is_set() and not failures:
                    number = next(numbers)
                    self.assertLess(number, MOST_CALLS)
                    try:
                        if not self.life(service, f"kill-{when}={number}"):
                            ended.set()
                    except AssertionError as failure:
                        failures.append(f"kill-{when}={number}: {failure}")

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(f"{self.kills} kills {when} a call, {self.unknown} unknown outcomes", flush=True)
        self.assertEqual(failures, [])
        self.assertGreater(self.kills, 30)
        self.assertGreater(self.unknown, 0, "no kill hit the time between intent and id")

    def test_instead_of_the_call(self):
        self.every_call("before")

    def test_right_after_the_call(self):
        self.every_call("after")

    def test_twice_in_a_row(self):
        self.kills = self.unknown = 0
        stride = 1 if LONG else 7
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
