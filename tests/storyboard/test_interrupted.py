#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ctrl-C and SIGKILL at any time: the next run goes on where it was, and nothing is bought twice.

A SIGKILL between a submission and its answer leaves an outcome that nobody knows, and that is not
repeated; test_failing.py shows the way on. Here kills spare that moment."""
import os
import random
import signal
import sys
import time

sys.dont_write_bytecode = True
from studio import LONG, Rehearsal, StudioTest, board, has_stopped, main, wait_for  # noqa: E402

KILLS = 20 if LONG else 4
SHOTS = [f"Raccoon {number} of twelve" for number in range(1, 13)]


class Interrupted(StudioTest):
    def setUp(self):
        super().setUp()
        self.service = Rehearsal(self.home / "service", clips=self.clips)
        self.addCleanup(self.service.stop)
        self.url = self.service.url
        self.file = self.write(board(SHOTS, defaults="out = 0.5"))

    def states(self):
        found = []
        for file in self.store.glob("*.json"):
            text = file.read_text()
            found += [state for state in ("intent", "accepted", "completed")
                      if f'"state" : "{state}"' in text or f'"state":"{state}"' in text]
        return found

    def kill(self, process):
        """Frozen first: only then the journal tells whether a submission is under way."""
        while process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            wait_for(lambda: has_stopped(process.pid))
            if "intent" not in self.states():
                process.kill()
                process.send_signal(signal.SIGCONT)
                break
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)
        process.communicate()

    def test_killed_at_random_times(self):
        seed = int(os.environ.get("STORYBOARD_SEED", time.time()))
        chance = random.Random(seed)
        kills = 0
        while kills < KILLS:
            process = self.begin(self.file, "-o", self.film)
            try:
                process.wait(timeout=chance.choice([0.2, 1, 3, 8]) * chance.random())
            except Exception:
                self.kill(process)
            else:
                process.communicate()
            kills += process.returncode == -signal.SIGKILL
            if process.returncode == 0:
                self.film.unlink()  # and made anew: there is always something left to interrupt
        print(f"seed {seed}: {kills} kills, {self.service.submissions} submissions")
        done = self.run_it(self.file, "-o", self.film, "--json")
        self.assertEqual((done.end["done"], self.service.submissions), (12, 12))
        self.assert_shows(done)

    def test_ctrl_c_and_terminate(self):
        process = self.begin(self.file, "-o", self.film)
        wait_for(lambda: self.states().count("completed") >= 1)
        process.send_signal(signal.SIGINT)
        stopped = self.finish(process)
        self.assertEqual(stopped.status, 128 + signal.SIGINT, stopped)
        self.assertIn("run it again to go on where it was", stopped.out)
        self.assertFalse(self.film.exists())

        process = self.begin(self.file, "-o", self.film)
        wait_for(lambda: list(self.home.glob(".film.mp4.*.part")))
        process.send_signal(signal.SIGTERM)
        stopped = self.finish(process)
        self.assertEqual(stopped.status, 128 + signal.SIGTERM, stopped)
        self.assertEqual([*self.home.glob("film.mp4*"), *self.home.glob(".film*")], [])

        done = self.run_it(self.file, "-o", self.film, "--json")
        self.assertEqual((done.end["submissions"], self.service.submissions), (0, 12))
        self.assert_shows(done)


main()
