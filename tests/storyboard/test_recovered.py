#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A store that is lost with all its clips: klingtext-journal rebuilds it from the account's log, and the
same storyboard makes the same film with no submission."""
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from studio import BUILD, Rehearsal, StudioTest, board, main  # noqa: E402

JOURNAL = BUILD / "src/journal/klingtext-journal"


class Recovered(StudioTest):
    def journal(self, *words):
        done = subprocess.run([JOURNAL, *words, "--store", self.store], capture_output=True, text=True,
                              check=False, env=self.environment())
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def test_twelve_shots(self):
        shots = [f"Shot number {number} of a raccoon" for number in range(1, 12)]
        file = self.write(board([*shots, (shots[0], "take = 2")], defaults="out = 1"))
        with Rehearsal(self.home / "service", pace=0) as service:
            self.url = service.url
            first = self.run_it(file, "-o", self.film, "--json")
            self.assertEqual((first.end["done"], first.end["submissions"]), (12, 12))
            made = self.scenes()
            clips = {shot: event["generation_id"] for shot, event in first.shots.items()}
            shutil.rmtree(self.store)
            self.film.unlink()

            self.assertIn("12 generations are adopted", self.journal("recover", "--adopt"))
            self.journal("fetch")
            again = self.run_it(file, "-o", self.film, "--json")
            self.assertEqual((again.end["done"], again.end["submissions"], service.submissions), (12, 0, 12))
            self.assertEqual({shot: event["generation_id"] for shot, event in again.shots.items()}, clips)
            self.assertEqual(self.scenes(), made)


main()
