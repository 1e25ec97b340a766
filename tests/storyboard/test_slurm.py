#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same storyboard on a Slurm cluster of two nodes, of which one dies midway: the same film, and
nothing is bought twice."""
import json
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import farm  # noqa: E402
from studio import PROGRAM, Rehearsal, StudioTest, board, main, wait_for  # noqa: E402

SCRIPT = Path(__file__).resolve().parents[2] / "examples/storyboard-slurm.sh"
SHOTS = [f"Raccoon {number} on the farm" for number in range(1, 13)]
LICENSES = 7


class OnAFarm(StudioTest):
    def setUp(self):
        super().setUp()
        # Slow enough for a node to die in the middle.
        self.service = Rehearsal(self.home / "service", pace=0.06)
        self.addCleanup(self.service.stop)
        self.url = self.service.url
        self.home.chmod(0o711)  # munged wants its socket to be reachable
        self.farm = farm.Farm(self.home / "farm", LICENSES)
        self.farm.environment.update(KLINGTEXT_STORYBOARD=str(PROGRAM), AIMLAPI_BASE_URL=self.url,
                                     AIMLAPI_API_KEY="a-key")
        self.addCleanup(self.farm.down)
        self.farm.up()

    def states(self):
        return [json.loads(file.read_text())["state"] for file in self.store.glob("*.json")
                if len(file.stem) == 64]

    def crash_midway(self):
        """When a node has shots that are submitted and not done. Frozen first: an outcome that
        nobody knows is another test's."""
        wait_for(lambda: "completed" in self.states() and self.farm.shots_on("n1"))
        self.farm.silence("n1")

        def frozen():
            self.farm.freeze("n1")
            if "intent" not in self.states() and "accepted" in self.states():
                return True
            self.farm.signal_shots("n1", signal.SIGCONT)
            return False
        wait_for(frozen)
        return self.farm.crash("n1")

    def test_a_node_dies(self):
        file = self.write(board(SHOTS, defaults="out = 0.5"))
        submitted = subprocess.Popen([SCRIPT, file, self.film, "--store", self.store], text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     env=self.farm.environment, cwd=self.home)
        most = 0

        def running():
            nonlocal most
            most = max(most, len(self.farm.ask("squeue", "-h", "-n", "shot", "-t", "R").splitlines()))
            return most >= LICENSES
        self.farm.wait_for(running)
        killed = self.crash_midway()
        self.assertGreater(killed, 0)

        def ended():
            running()
            return submitted.poll() is not None
        self.farm.wait_for(ended)
        out = submitted.stdout.read()
        submitted.stdout.close()
        log = (self.home / "film.log").read_text()
        self.assertEqual(submitted.returncode, 0, out + log)
        jobs = self.farm.ask("scontrol", "show", "job")
        self.assertRegex(jobs, r"Restarts=[1-9]", "no task was requeued")
        print(f"{killed} processes died with n1, {jobs.count('Restarts=1')} tasks were requeued, "
              f"{self.service.submissions} submissions, at most {most} shots at once")
        self.assertEqual(self.service.submissions, 12)
        self.assertLessEqual(most, LICENSES, "more shots at once than licences")

        shots = json.loads(self.run_it(file, "--estimate", "--json").out)
        self.assertEqual(shots["seconds_to_buy"], 0)
        marks = [self.mark_of(self.store / (shot["key"] + ".mp4")) for shot in shots["shots"]]
        self.assertEqual([scene[0] for scene in self.scenes()], marks)


if farm.missing():
    print("needs", *farm.missing())
    sys.exit(77)
main()
