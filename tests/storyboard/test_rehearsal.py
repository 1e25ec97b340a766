#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The animatic of a storyboard, for nothing: the right shots in the right order, made once."""
import sys

sys.dont_write_bytecode = True
from studio import StudioTest, board, main  # noqa: E402


class Rehearsing(StudioTest):
    def submissions(self):
        return len(list(self.store.glob("rehearsal/generations/*.json")))

    def test_twelve_shots(self):
        file = self.write(board([f"Shot number {number} of a raccoon" for number in range(1, 13)],
                                defaults="out = 1"))
        first = self.run_it(file, "--rehearse", "-o", self.film, "--json")
        self.assertEqual((first.end["done"], first.end["submissions"]), (12, 12))
        self.assertEqual(self.submissions(), 12)
        self.assert_shows(first)
        self.assertEqual(len({scene[0] for scene in self.scenes()}), 12)
        self.assertEqual([scene[1:] for scene in self.scenes()], [(0, 23, 24)] * 12)
        # All of them at the same time: the last is on its way before the first is done.
        told = [(event["event"], event.get("status")) for event in first.events]
        last_begun = max(at for at, event in enumerate(told) if event == ("shot", "queued"))
        self.assertLess(last_begun, told.index(("shot", "done")))
        self.assertNotIn("credits_used", first.end, "a rehearsal costs nothing")

        made = self.scenes()
        again = self.run_it(file, "--rehearse", "-o", self.film, "--json")
        self.assertEqual((again.end["done"], again.end["submissions"]), (12, 0))
        self.assertEqual(self.submissions(), 12)
        self.assertTrue(all(event["reused"] for event in again.shots.values()))
        self.assertEqual(self.scenes(), made)

    def test_shots_that_ask_for_the_same_are_made_once(self):
        file = self.write(board([("A raccoon", "out = 0.5"), ("A raccoon", "in = 2", "out = 3"),
                                 ("A raccoon", "take = 2", "out = 0.5")]))
        done = self.run_it(file, "--rehearse", "-o", self.film, "--json")
        self.assertEqual((done.end["done"], done.end["submissions"], self.submissions()), (3, 2, 2))
        self.assertEqual(done.shots[1]["clip"], done.shots[2]["clip"])
        self.assertEqual([frame["frame"] for frame in self.seen()["frames"]],
                         [*range(12), *range(48, 72), *range(12)])


main()
