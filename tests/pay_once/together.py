#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Eight processes at once, one store: one request is one submission and eight whole films."""
import sys

sys.dont_write_bytecode = True
from stage import PayOnce, Run, Service, Store, fake_mp4, main, wait_for  # noqa: E402

EIGHT = 8


class Together(PayOnce):
    def begin(self, store, takes):
        return [store.begin(take=take) for take in takes]

    def all_whole(self, begun, service):
        runs = [Run(*one) for one in begun]
        for run in runs:
            self.whole(run, service)
        return runs

    def test_one_request(self):
        with Service() as service, Store(service.url) as store:
            runs = self.all_whole(self.begin(store, [1] * EIGHT), service)
            self.assertEqual(service.submissions, 1)
            self.assertEqual(len({run.generation_id for run in runs}), 1)
            self.assertEqual(sum(run.report["submissions"] for run in runs), 1)
            self.assertEqual(len(store.files(".mp4")), 1)

    def test_eight_takes(self):
        with Service() as service, Store(service.url) as store:
            runs = self.all_whole(self.begin(store, range(1, EIGHT + 1)), service)
            self.assertEqual(service.submissions, EIGHT)
            self.assertEqual(len({run.generation_id for run in runs}), EIGHT)

    def test_two_killed_while_one_submits(self):
        with Service("--submit-answers", "normal+hold") as service, Store(service.url) as store:
            submitter = store.begin()
            wait_for(lambda: service.submissions == 1)
            others = self.begin(store, [1] * (EIGHT - 1))
            for process, _ in others[:2]:
                process.kill()
            service.release()
            self.all_whole([submitter] + others[2:], service)
            self.assertEqual(service.submissions, 1)
            for one in others[:2]:
                Run(*one)

    def test_the_submitter_killed_while_it_submits(self):
        with Service("--submit-answers", "normal+hold") as service, Store(service.url) as store:
            submitter = store.begin()
            wait_for(lambda: service.submissions == 1)
            others = self.begin(store, [1] * (EIGHT - 1))
            submitter[0].kill()
            Run(*submitter)
            for one in others:
                refused = Run(*one)
                self.refused_as_unknown(refused, store)
            self.assertEqual(service.submissions, 1)
            again = [store.begin(resubmit=refused.client_request_id) for _ in range(EIGHT)]
            service.release()
            self.all_whole(again, service)
            self.assertEqual(service.submissions, 2)

    def test_two_killed_while_downloading(self):
        slow = "normal+throttle=300000"
        with Service("--always-clip", slow, clip=fake_mp4(300_000)) as service, \
                Store(service.url) as store:
            begun = self.begin(store, [1] * EIGHT)
            wait_for(lambda: service.counts()["clip_bytes"] > 100_000)
            for process, _ in begun[:2]:
                process.kill()
            self.all_whole(begun[2:], service)
            self.assertEqual(service.submissions, 1)
            killed = [Run(*one) for one in begun[:2]]
            self.assertTrue(all(run.killed for run in killed))
            self.whole(store.run(), service)
            self.assertEqual(service.submissions, 1)

    def test_two_killed_of_eight_takes(self):
        with Service("--polls", "20") as service, Store(service.url) as store:
            begun = self.begin(store, range(1, EIGHT + 1))
            wait_for(lambda: sum(bool(e and e.get("generation_id")) for e in store.entries()) == EIGHT)
            for process, _ in begun[:2]:
                process.kill()
            self.all_whole(begun[2:], service)
            for take, one in enumerate(begun[:2], 1):
                Run(*one)
                self.whole(store.run(take=take), service)
            self.assertEqual(service.submissions, EIGHT)


main()
