#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daily cap holds across processes, says when it opens and how to raise it, and a clock that goes
wrong does not open it."""
import datetime
import json
import sys

sys.dont_write_bytecode = True
from stage import PATIENCE, PayOnce, Run, Service, Store, main  # noqa: E402

DAY = 86400


def utc_today(days=0):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days)).date().isoformat()


class SpendCap(PayOnce):
    def refused_by_cap(self, run):
        self.assertEqual(run.status, 1, run)
        self.assertIn("Nothing was submitted", run.error)
        self.assertIn("max-daily-seconds", run.error)
        self.assertEqual(run.report["submissions"], 0)

    def test_refuses_what_would_pass_it(self):
        with Service() as service, Store(service.url) as store:
            for take in (1, 2):
                self.whole(store.run(take=take, cap=12), service)
            refused = store.run(take=3, cap=12)
            self.refused_by_cap(refused)
            self.assertIn("10 s of the 12 s", refused.error)
            self.assertIn(utc_today(1) + " 00:00 UTC", refused.error)
            self.assertEqual(service.submissions, 2)
            self.assertEqual(len(store.entries()), 2)
            spent = json.loads(store.journal("spent", "--json").stdout)
            self.assertEqual(spent["today"]["seconds"], 10)
            # What is paid for stays free, and a higher cap opens.
            self.whole(store.run(take=1, cap=1), service)
            self.whole(store.run(take=3, cap=15), service)
            self.assertEqual(service.submissions, 3)

    def test_across_processes_at_once(self):
        with Service() as service, Store(service.url) as store:
            begun = [store.begin(take=take, cap=20) for take in range(1, 9)]
            runs = [Run(*one) for one in begun]
            self.assertEqual(sum(run.status == 0 for run in runs), 4)
            for run in runs:
                if run.status != 0:
                    self.refused_by_cap(run)
            self.assertEqual(service.submissions, 4)

    def test_unknown_outcomes_count_and_failures_do_not(self):
        with Service("--submit-answers", "500", "--statuses", "error") as service, \
                Store(service.url) as store:
            lost = store.run(take=1, cap=5)
            self.refused_as_unknown(lost, store)
            self.refused_by_cap(store.run(take=2, cap=5))
            # Given up, it still may have been billed.
            self.refused_by_cap(store.run(take=1, cap=5, resubmit=lost.client_request_id))
            self.assertEqual(service.submissions, 1)
            # The service cannot make these: never billed.
            for take in (2, 3, 4):
                self.assertIn("could not make", store.run(take=take, cap=10).error)
            self.assertEqual(service.submissions, 4)

    def test_of_the_element_and_the_environment(self):
        with Service() as service, Store(service.url) as store:
            for words in (["max-daily-seconds=4"], []):
                tool = store.begin_tool("env", "KLINGTEXT_MAX_DAILY_SECONDS=4", "gst-launch-1.0",
                                        "klingtextsrc", "prompt=A white raccoon", *words, "!", "fakesink")
                said, _ = tool.communicate(timeout=PATIENCE)
                self.assertNotEqual(tool.returncode, 0)
                self.assertIn("set max-daily-seconds (or KLINGTEXT_MAX_DAILY_SECONDS)", said)
            self.assertEqual(service.submissions, 0)

    def test_a_clock_a_day_ahead_and_back(self):
        with Service() as service, Store(service.url) as store:
            self.whole(store.run(take=1, cap=10), service)
            # A day ahead it is another day, as on any tomorrow.
            self.whole(store.run(take=2, cap=10, clock=DAY), service)
            self.whole(store.run(take=3, cap=10, clock=DAY), service)
            self.refused_by_cap(store.run(take=4, cap=10, clock=DAY))
            # Back again: the cap is not open anew, neither now nor after what is bought now.
            refused = store.run(take=4, cap=10)
            self.refused_by_cap(refused)
            self.assertIn(utc_today(2) + " 00:00 UTC", refused.error)
            self.assertEqual(service.submissions, 3)
            self.whole(store.run(take=4, cap=20), service)
            self.refused_by_cap(store.run(take=5, cap=20))
            self.assertEqual(service.submissions, 4)

    def test_a_clock_a_day_back_and_right_again(self):
        with Service() as service, Store(service.url) as store:
            self.whole(store.run(take=1, cap=10), service)
            self.whole(store.run(take=2, cap=10, clock=-DAY), service)
            self.refused_by_cap(store.run(take=3, cap=10, clock=-DAY))
            self.assertEqual(service.submissions, 2)
            # A running generation is found again whatever the clock says.
            for clock in (-DAY, DAY, -400 * DAY, 400 * DAY):
                self.whole(store.run(take=1, clock=clock, key=""), service)
            self.assertEqual(service.submissions, 2)


main()
