#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the slates of an animatic say: SHOT, TAKE, the two-pop, and the slate of a missing shot."""
import http.server
import json
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
from studio import BUILD, ScriptedTest, board, main  # noqa: E402


class Listening(http.server.BaseHTTPRequestHandler):
    """Refuses every request and keeps its headers."""

    def do_POST(self):
        self.server.seen.append(dict(self.headers))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


class Slates(ScriptedTest):
    def told(self):
        """(shot, take, two-pop) of the rehearsal's generations, by their id."""
        found = {}
        for file in self.store.glob("rehearsal/generations/*.json"):
            kept = json.loads(file.read_text())
            found[kept["id"]] = (kept.get("shot"), kept["take"], kept.get("two_pop", "yes"))
        return found

    def test_numbers_takes_and_two_pop_of_a_storyboard(self):
        file = self.write(board(["One", ("Two", "take = 3"), "One", "Three"], defaults="out = 3"))
        done = self.run_it(file, "--rehearse", "-o", self.film, "--json")
        told = self.told()
        said = {number: told[event["generation_id"]] for number, event in done.shots.items()}
        self.assertEqual(said, {1: ("1+3", 1, "yes"), 2: ("2", 3, "no"), 3: ("1+3", 1, "yes"),
                                4: ("4", 1, "no")})
        white = [n for n, frame in enumerate(self.seen()["frames"]) if frame["brightness"] > 230]
        self.assertEqual(white, [48, 192])  # the head, and where the same clip comes again

        # The numbers follow the storyboard.
        self.write(board(["Zero", "One"], defaults="out = 3"))
        done = self.run_it(file, "--rehearse", "-o", self.film, "--json")
        told = self.told()
        self.assertEqual({shot: told[event["generation_id"]] for shot, event in done.shots.items()},
                         {1: ("1", 1, "yes"), 2: ("2", 1, "no")})

    def test_two_pop_everywhere_or_nowhere(self):
        file = self.write(board(["One", "Two"], defaults="out = 3"))
        for which, frames in (("all", [48, 120]), ("none", [])):
            self.run_it(file, "--rehearse", "-o", self.film, "--two-pop", which)
            white = [n for n, frame in enumerate(self.seen()["frames"]) if frame["brightness"] > 230]
            self.assertEqual(white, frames)
        self.run_it(file, "--rehearse", "-o", self.film, "--two-pop", "some", status=2)

    def test_burned_in_timecode_leaves_the_rest_as_it_is(self):
        file = self.write(board(["One", "Two"], defaults="out = 1"))
        self.run_it(file, "--rehearse", "-o", self.film)
        plain = self.scenes()
        burned = self.home / "burned.mp4"
        self.run_it(file, "--rehearse", "--film", "-o", burned, "--burn-in")
        self.assertEqual(self.scenes(burned), plain)
        levels = [frame["brightness"] for frame in self.seen(burned)["frames"]]
        self.assertNotEqual(levels, [frame["brightness"] for frame in self.seen()["frames"]])

    def test_takes_started_together(self):
        environment = {**self.environment(), "GST_PLUGIN_PATH": str(BUILD / "gst")}
        runs = [subprocess.Popen(
            ["gst-launch-1.0", "-q", "klingtextsrc", "prompt=Rain", "rehearse=true", f"take={take}",
             f"store-dir={self.store}", "!", "fakesink"], env=environment) for take in (3, 1, 2)]
        for run in runs:
            self.assertEqual(run.wait(), 0)
        told = self.told()
        entries = [json.loads(file.read_text()) for file in self.store.glob("*.json")]
        takes = {entry["take"]: told[entry["generation_id"]][1]
                 for entry in entries if "generation_id" in entry}
        self.assertEqual(takes, {1: 1, 2: 2, 3: 3})

    def test_other_services_are_not_told(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}/v2"
        self.run_it(self.write(board(["One", "Two"])), "-o", self.film, status=1)
        self.assertEqual(len(server.seen), 2)
        for headers in server.seen:
            self.assertEqual([name for name in headers if "slate" in name.lower()], [])

    def test_missing_shot_has_a_slate_of_the_same_kind(self):
        file = self.write(board(["One", "A <missing> shot & more " * 9, "Three"], defaults="out = 0.5"))
        for shot in (1, 3):
            self.run_it(file, "--rehearse", "--shot", shot)
        for _ in range(2):
            done = self.run_it(file, "--rehearse", "--film", "-o", self.film, "--json", status=3)
        self.assertEqual(done.end["missing"], [2])
        self.assertEqual([scene[0] is None for scene in self.scenes()], [False, True, False])
        self.assertEqual(len(self.seen()["frames"]), 36)
        slates = list((self.store / "slates").iterdir())
        self.assertEqual(len(slates), 1)
        self.assertIn(slates[0].name, self.film.with_suffix(".xges").read_text())


main()
