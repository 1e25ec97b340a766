#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lost answers where the account's log answers: what was accepted is found and followed, whatever was
lost and whenever the process ended, and nothing is submitted by it."""
import itertools
import sys

sys.dont_write_bytecode = True
from stage import LONG, PayOnce, Run, Service, Store, main  # noqa: E402

MOST_CALLS = 2000
LOG = ("--log", "succeeded")
LOST = {
    "closed": "normal+lost",
    "reset": "normal+lost-reset",
    "500": "500+though-accepted",
    "502": "502+though-accepted",
    "504": "504+though-accepted",
    "200 with HTML": "html=hello",
    "200 with JSON without an id": "json={}",
    "200 with garbage for a status line": "normal+garbage",
    "half a body": "normal+cut-after=20",
}


class LostAnswer(PayOnce):
    def test_is_found_by_the_same_run(self):
        for name, answer in LOST.items():
            for head in ((), ("--inference-id", "named")):
                with self.subTest(name, head=head), Service("--submit-answers", answer, *LOG, *head) as service, \
                        Store(service.url) as store:
                    self.whole(store.run(), service)
                    self.assertEqual((service.submissions, service.accepted), (1, 1))
                    self.whole(store.run(key=""), service)

    def test_is_found_once_its_row_is_there(self):
        with Service("--submit-answers", "normal+lost", *LOG, "--log-lag", "5") as service, \
                Store(service.url) as store:
            self.whole(store.run(), service)
            self.assertEqual((service.submissions, service.counts()["logs"]), (1, 6))

    def test_is_found_by_the_id_in_its_head_where_there_is_no_log(self):
        with Service("--submit-answers", "502+though-accepted", "--inference-id", "named") as service, \
                Store(service.url) as store:
            self.whole(store.run(), service)
            self.assertEqual((service.submissions, service.counts()["logs"]), (1, 0))

    def test_listed_as_failed_is_given_up_by_name_and_not_billed(self):
        with Service("--submit-answers", "504+though-accepted", "--log", "failed") as service, \
                Store(service.url) as store:
            for _ in range(2):
                lost = store.run(cap=5)
                self.assertEqual(lost.status, 1, lost)
                self.assertIn("billed nothing", lost.error)
            self.assertEqual(service.submissions, 1)
            for _ in range(2):
                self.whole(store.run(resubmit=lost.client_request_id, cap=5), service)
                self.assertEqual(service.submissions, 2)

    def test_is_found_by_several_at_once(self):
        with Service("--submit-answers", "normal+lost", *LOG, "--log-lag", "3") as service, \
                Store(service.url) as store:
            for run in [store.begin() for _ in range(4)]:
                self.whole(Run(*run), service)
            self.assertEqual(service.submissions, 1)


class Killed(PayOnce):
    """At every call. Only what the service never received stays unknown."""

    def lives(self, wish, stride):
        kills = never_received = 0
        with Service(*LOG) as service:
            for number in itertools.count(1, stride):
                self.assertLess(number, MOST_CALLS)
                before = service.accepted
                with Store(service.url) as store:
                    first = store.run(cut_short=wish.format(number))
                    if not first.killed:
                        self.whole(first, service)
                        break
                    kills += 1
                    received = service.accepted - before
                    again = store.run(timeout=60 if received else 2)
                    if received:
                        self.whole(again, service)
                        self.assertEqual(service.accepted, before + 1, "paid twice")
                    elif again.status:
                        never_received += 1
                        self.refused_as_unknown(again, store)
                        self.assertIn("does not list it yet", again.error)
                        self.assertEqual(service.accepted, before)
                    else:
                        self.whole(again, service)
        print(f"{kills} kills, {never_received} after the mark and before the request left", flush=True)
        self.assertGreater(kills, 30 // stride)

    def test_instead_of_the_call(self):
        self.lives("kill-before={}", 1 if LONG else 2)

    def test_right_after_the_call(self):
        self.lives("kill-after={}", 1 if LONG else 2)


main()
