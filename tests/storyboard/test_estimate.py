#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""--estimate says what a film would buy and what is paid; it submits nothing and needs no key."""
import json
import sys

sys.dont_write_bytecode = True
from studio import SCRIPTED, Service, StudioTest, board, main  # noqa: E402


class Estimating(StudioTest):
    def estimate(self, file, *words):
        return json.loads(self.run_it(file, "--estimate", "--json", *words).out)

    def test_before_and_after(self):
        file = self.write(board(["One", ("Two", "duration = 10"), "Three", "One"]))
        with Service(SCRIPTED, "--always-submit", "normal+header=Retry-After:0",
                     "--poll-answers", "generation=completed,error=Bad/Luck") as service:
            self.url = service.url
            keyless = self.environment(AIMLAPI_API_KEY="")
            before = json.loads(self.run_it(file, "--estimate", "--json", environment=keyless).out)
            self.assertEqual((before["seconds_to_buy"], before["seconds_paid"]), (20, 0))
            self.assertEqual([shot["state"] for shot in before["shots"]],
                             ["to generate", "to generate", "to generate", "same as another shot"])
            self.assertFalse(self.store.exists(), "estimating made a store")

            self.run_it(file, "--shot", 1)
            self.run_it(file, "--shot", 2, status=1)
            between = self.estimate(file)
            self.assertEqual((between["seconds_to_buy"], between["seconds_paid"]), (15, 5))
            self.assertEqual(between["credits_used"], 1400000)
            self.assertEqual([shot["state"] for shot in between["shots"]][:3],
                             ["there", "to generate again, failed", "to generate"])
            said = self.run_it(file, "--estimate").out
            self.assertIn("This would buy 15 s of video, about 1400000 credits for 5 s going by earlier ones; the "
                          "price of 10 s is not known yet. 5 s are paid (1400000 credits).", said)
            self.assertEqual((between["credits_to_buy"], between["seconds_without_price"]), (1400000, 10))

            # A rehearsal is another store's worth: nothing of it is there, and it is free.
            self.assertIn("free of charge", self.run_it(file, "--estimate", "--rehearse").out)
            # The key of every shot is the one it was bought under.
            bought = {file.stem for file in self.store.glob("*.json") if len(file.stem) == 64}
            self.assertEqual(bought, {shot["key"] for shot in before["shots"][:2]})

    def test_of_what_is_under_way(self):
        file = self.write(board(["Made", "Unknown", "Running"]))
        with Service(SCRIPTED, "--submit-answers", "normal+header=Retry-After:0,normal+lost",
                     "--always-submit", "normal+header=Retry-After:0", "--poll-answers",
                     "generation=completed", "--always-poll", "generation=generating") as service:
            self.url = service.url
            self.run_it(file, "--shot", 1)
            next(self.store.glob("*.mp4")).unlink()
            self.run_it(file, "--shot", 2, status=1)
            self.run_it(file, "--shot", 3, "--timeout", 1, status=1)
            found = self.estimate(file)
            self.assertEqual([shot["state"] for shot in found["shots"]],
                             ["made, to fetch", "outcome unknown", "generating"])
            self.assertEqual((found["seconds_to_buy"], found["seconds_paid"]), (0, 10))
            self.assertIn("Of 5 s nobody knows whether they were bought",
                          self.run_it(file, "--estimate").out)


main()
