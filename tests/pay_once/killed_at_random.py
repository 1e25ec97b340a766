#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIGKILL at random times, and a restart at once, until the film is there: nothing is paid twice."""
import os
import random
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from stage import LONG, PayOnce, Run, Service, Store, fake_mp4, main  # noqa: E402

KILLS = 200 if LONG else 20


class KilledAtRandom(PayOnce):
    def test_killed_and_restarted(self):
        seed = int(os.environ.get("PAY_ONCE_SEED", time.time()))
        chance = random.Random(seed)
        kills = given_up = films = 0
        # Slow enough to be hit everywhere: a run takes about 0.3 s.
        with Service("--polls", "8", "--always-clip", "normal+throttle=2000000",
                     clip=fake_mp4(200_000)) as service:
            while kills < KILLS:
                with Store(service.url) as store:
                    more = self.life(service, store, chance)
                    kills, given_up, films = (kills + more[0], given_up + more[1], films + 1)
            print(f"seed {seed}: {kills} kills, {films} films, {given_up} unknown outcomes given up, "
                  f"{service.submissions} submissions")
            self.assertLessEqual(service.submissions, films + given_up)

    def life(self, service, store, chance):
        before = service.submissions
        kills = given_up = 0
        known = resubmit = ""
        while True:
            process, out = store.begin(resubmit=resubmit)
            # Mostly early, where the money is.
            try:
                process.wait(timeout=chance.choice([0.03, 0.08, 0.4]) * chance.random())
            except subprocess.TimeoutExpired:
                process.kill()
            run = Run(process, out)
            kills += run.killed
            entry = store.entry() or {}
            if known:
                self.assertEqual(entry.get("generation_id"), known, "the id was lost")
            known = entry.get("generation_id", "")
            self.assertLessEqual(service.submissions - before, 1 + given_up, "paid twice")
            if run.status == 0:
                break
            if not run.killed:
                self.refused_as_unknown(run, store)
                resubmit = run.client_request_id
                given_up += 1
        self.whole(run, service)
        return kills, given_up


main()
