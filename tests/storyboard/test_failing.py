#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shots that fail, are refused or take too long: a clear report, a film with slates, an exit status
that says so; the next run repairs."""
import sys

sys.dont_write_bytecode = True
from studio import ScriptedTest, board, main  # noqa: E402

SOON = ScriptedTest.SOON


class Failing(ScriptedTest):
    def test_one_refused_one_failed_one_slow(self):
        file = self.write(board(["A good one", "A <refused> one & more", "A failing one",
                                 "Another good one", "A slow one"], defaults="out = 0.5"))
        refused = "422"
        service = self.service("--submit-answers", f"normal{SOON},{refused}", "--always-submit",
                               "normal" + SOON,
                               "--poll-answers", "generation=completed,error=ContentPolicy/No raccoons "
                               "please,generation=completed",
                               "--always-poll", "generation=generating" + SOON)
        # One at a time: the answers above are in the order of the shots.
        first = self.run_it(file, "-o", self.film, "--max-concurrent", 1, "--timeout", 1, status=3)
        said = first.out
        self.assertIn("5 shots: 2 done, 3 failed; 4 submissions, 2800000 credits", said)
        self.assertRegex(said, r'Shot 2 \("A <refused> one & more"\): .*422.*Nothing was submitted')
        self.assertRegex(said, r'Shot 3 \("A failing one"\): .*No raccoons please')
        self.assertRegex(said, r'Shot 5 \("A slow one"\): .*')
        self.assertIn("a slate in place of shot 2, 3, 5; run it again to repair it", said)
        self.assertEqual(self.counts(service)["accepted"], 4)

        seen = self.seen()
        self.assertEqual(len(seen["frames"]), 5 * 12)
        bright = [round(frame["brightness"]) for frame in seen["frames"][6::12]]
        good, slate = bright[0], bright[1]
        self.assertNotEqual(good, slate)
        for is_good, level in zip((True, False, False, True, False), bright):
            self.assertAlmostEqual(level, good if is_good else slate, delta=8)

        # The service is well again. Failed and refused shots are submitted once more, the slow one
        # is followed, the good ones are there.
        service.stop()
        repaired = self.service("--always-submit", "normal" + SOON, "--always-poll",
                                "generation=completed", port=service.port)
        second = self.run_it(file, "-o", self.film, "--json")
        self.assertEqual((second.end["done"], second.end["submissions"], second.end["missing"]),
                         (5, 2, []))
        self.assertEqual(self.counts(repaired)["submissions"], 2)
        self.assertEqual(len({round(f["brightness"] / 8) for f in self.seen()["frames"][6::12]}), 1)
        third = self.run_it(file, "-o", self.film, "--json")
        self.assertEqual(third.end["submissions"], 0)

    def test_film_that_cannot_be_written_buys_nothing(self):
        file = self.write(board(["One"], defaults="out = 0.5"))
        service = self.service("--always-submit", "normal" + SOON, "--always-poll",
                               "generation=completed")
        for ending in (".mp4", ".xges", ".otio", ".edl"):
            taken = self.film.with_suffix(ending)
            taken.mkdir()
            done = self.run_it(file, "-o", self.film, status=1)
            self.assertIn(f"{taken} is a folder", done.err)
            taken.rmdir()
        done = self.run_it(file, "-o", "/proc/film.mp4", status=1)
        self.assertIn("/proc/film.mp4 cannot be written", done.err)
        self.assertEqual(self.counts(service)["submissions"], 0)
        self.run_it(file, "-o", self.film)

    def test_none_there_is_no_film(self):
        file = self.write(board(["One", "Two"]))
        self.service("--always-submit", "401")
        done = self.run_it(file, "-o", self.film, status=1)
        self.assertIn("No film was made", done.out)
        self.assertRegex(done.out, r"(?m)^Shots 1, 2: .*401")  # one cause, one sentence
        self.assertFalse(self.film.exists())

    def test_an_unknown_outcome_is_not_repeated_but_by_name(self):
        shots = ["One", "Two"]
        file = self.write(board(shots, defaults="out = 0.5"))
        service = self.service("--submit-answers", "normal+lost", "--always-submit", "normal" + SOON,
                               "--always-poll", "generation=completed")
        first = self.run_it(file, "-o", self.film, "--max-concurrent", 1, "--json", status=3)
        unknown = first.shots[1]["error"]["client_request_id"]
        self.assertIn("resubmit=" + unknown, first.shots[1]["error"]["message"])
        again = self.run_it(file, "-o", self.film, "--json", status=3)
        self.assertEqual((again.end["submissions"], again.end["missing"]), (0, [1]))
        self.assertEqual(self.counts(service)["submissions"], 2)
        self.write(board([("One", f'resubmit = "{unknown}"'), "Two"], defaults="out = 0.5"))
        repaired = self.run_it(file, "-o", self.film, "--json")
        self.assertEqual(repaired.end["submissions"], 1)
        self.assertEqual(self.run_it(file, "-o", self.film, "--json").end["submissions"], 0)
        self.assertEqual(self.counts(service)["submissions"], 3)

    def test_a_failure_that_only_the_log_tells_is_not_repeated_but_by_name(self):
        file = self.write(board(["One", "Two"], defaults="out = 0.5"))
        service = self.service("--log", "failed", "--submit-answers", "504+though-accepted",
                               "--always-submit", "normal" + SOON, "--always-poll", "generation=completed")
        first = self.run_it(file, "-o", self.film, "--max-concurrent", 1, "--json", status=3)
        self.assertIn("billed nothing", first.shots[1]["error"]["message"])
        failed = first.shots[1]["error"]["client_request_id"]
        again = self.run_it(file, "-o", self.film, "--json", status=3)
        self.assertEqual((again.end["submissions"], again.end["missing"]), (0, [1]))
        self.assertEqual(self.counts(service)["submissions"], 2)
        self.write(board([("One", f'resubmit = "{failed}"'), "Two"], defaults="out = 0.5"))
        self.assertEqual(self.run_it(file, "-o", self.film, "--json").end["submissions"], 1)
        self.assertEqual(self.counts(service)["submissions"], 3)

    def test_the_daily_cap_holds(self):
        file = self.write(board(["One", "Two", "Three"], defaults="out = 0.5"))
        service = self.service("--always-submit", "normal" + SOON, "--always-poll", "generation=completed")
        done = self.run_it(file, "-o", self.film, "--json", status=3,
                           environment=self.environment(KLINGTEXT_MAX_DAILY_SECONDS="10"))
        self.assertEqual((done.end["submissions"], len(done.end["missing"])), (2, 1))
        self.assertEqual(self.counts(service)["submissions"], 2)


main()
