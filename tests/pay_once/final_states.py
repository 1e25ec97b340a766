#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the journal keeps, whatever comes later: a completed generation, a purchase of another process, the
seconds of a forgotten entry; and what it does not keep: an attempt that was refused."""
import json
import sys

sys.dont_write_bytecode = True
from stage import PATIENCE, STORYBOARD, PayOnce, Run, Service, Store, main, wait_for  # noqa: E402


class FinalStates(PayOnce):
    def spent_today(self, store):
        return json.loads(store.journal("spent", "--json").stdout)["today"]["seconds"]

    def test_completed_stays_completed(self):
        with Service("--statuses", "completed,error", "--always-clip", "403") as service, \
                Store(service.url) as store:
            lost = store.run()
            self.assertEqual(lost.status, 1, lost)
            self.assertEqual(store.entry()["state"], "completed")
            self.assertEqual(self.spent_today(store), 5)
            self.assertEqual(store.run().status, 1)
            self.assertEqual(store.entry()["state"], "completed")
            self.assertIn("5 s of the 5 s", store.run(take=2, cap=5).error)
            self.assertEqual(service.submissions, 1)

    def test_a_storyboard_does_not_buy_a_completed_generation_again(self):
        if not STORYBOARD.exists():
            self.skipTest("klingtext-storyboard is not built")
        with Service("--always-submit", "normal+header=Retry-After:0", "--statuses", "completed,error",
                     "--always-clip", "403") as service, Store(service.url) as store:
            for _ in range(3):
                said = store.begin_storyboard("A white raccoon").communicate(timeout=PATIENCE)[0]
                self.assertEqual(service.submissions, 1, said)
                self.assertEqual(store.entry()["state"], "completed", said)

    def test_forget_keeps_the_seconds(self):
        with Service() as service, Store(service.url) as store:
            self.whole(store.run(cap=5), service)
            forgotten = store.journal("forget", "--force", store.entry()["key"])
            self.assertEqual(forgotten.returncode, 0, forgotten)
            self.assertEqual(store.entries(), [])
            self.assertEqual(self.spent_today(store), 5)
            self.assertIn("5 s of the 5 s", store.run(take=2, cap=5).error)
            self.assertIn("5 s of the 5 s", store.run(cap=5).error)
            self.assertEqual(service.submissions, 1)

    def test_adoption_does_not_replace_a_purchase(self):
        with Service("--poll-answers", "normal,normal,normal+hold", "--polls", "1") as service, \
                Store(service.url) as elsewhere, Store(service.url) as store:
            self.whole(elsewhere.run(), service)
            adopted = elsewhere.entry()["generation_id"]
            adopting = store.begin(id=adopted)
            wait_for(lambda: service.counts()["polls"] == 3)
            bought = store.run()
            self.whole(bought, service)
            service.release()
            refused = Run(*adopting)
            self.assertEqual(refused.status, 1, refused)
            self.assertIn("generation-id", refused.error)
            self.assertEqual(store.entry()["generation_id"], bought.generation_id)
            self.assertNotEqual(bought.generation_id, adopted)
            self.whole(store.run(key=""), service)
            self.assertEqual(service.submissions, 2)

    def test_killed_between_a_refused_attempt_and_the_next(self):
        with Service("--submit-answers", "429+header=Retry-After:50") as service, \
                Store(service.url) as store:
            process, out = store.begin(cap=5)
            wait_for(lambda: service.submissions == 1 and not store.entries(),
                     standing=lambda: f"{store.entries()}")
            self.assertEqual(self.spent_today(store), 0)
            process.kill()
            Run(process, out)
            self.whole(store.run(cap=5), service)
            self.assertEqual(service.submissions, 2)
            self.assertEqual(service.accepted, 1)


main()
