#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each shot and the cut as plain commands, the film's points and transitions, its formats, and
command lines that make no sense."""
import subprocess
import sys

sys.dont_write_bytecode = True
from studio import PROGRAM, StudioTest, board, main  # noqa: E402

CUT = [("Raccoon one", "out = 2"),
       ("Raccoon two", "in = 1", "out = 3", 'transition = "dissolve"', "dissolve = 0.5"),
       ("Raccoon three", "in = 3.5")]


class Commands(StudioTest):
    def test_shots_and_cut_one_by_one(self):
        file = self.write(board(CUT))
        self.assertEqual(self.run_it(file, "--count").out, "3\n")
        self.run_it(file, "--rehearse", "--film", "-o", self.film, status=1)
        shots = {}
        for number in (2, 1):
            shots.update(self.run_it(file, "--rehearse", "--shot", number, "--json").shots)
        done = self.run_it(file, "--rehearse", "--film", "-o", self.film, "--json", status=3)
        self.assertEqual(done.end["missing"], [3])
        shots.update(self.run_it(file, "--rehearse", "--shot", 3, "--json").shots)
        self.assertFalse(list(self.home.glob("*.part")))

        for film in (self.film, self.home / "film.webm"):
            self.run_it(file, "--rehearse", "--film", "-o", film)
            frames = self.seen(film)["frames"]
            # 2 s and 2 s that share half a second, and a cut to 1.5 s: frame by frame.
            self.assertEqual(len(frames), 48 + 48 - 12 + 36)
            marks = {number: self.mark_of(shot["clip"]) for number, shot in shots.items()}
            for at, frame in enumerate(frames):
                if at < 36:
                    wanted = (marks[1], at)
                elif at < 48:
                    continue  # both pictures at once: a mark of neither, or of the stronger
                elif at < 84:
                    wanted = (marks[2], at - 36 + 24)
                else:
                    wanted = (marks[3], at - 84 + 84)
                self.assertEqual((frame.get("shot"), frame.get("frame")), wanted, at)
            self.assertEqual(self.seen(film)["channels"], 2)
        self.assertTrue((self.home / "film.xges").read_text().count("<clip ") >= 5)

        # The timeline can be opened and rendered by others.
        other = self.home / "other.webm"
        subprocess.run(["ges-launch-1.0", "--load", self.home / "film.xges", "-o", other, "-f",
                        "video/webm:video/x-vp8:audio/x-opus"], check=True, capture_output=True,
                       timeout=120)
        self.assertEqual(len(self.seen(other)["frames"]), 120)

    def test_common_size_and_rate(self):
        file = self.write(board([("Wide", "out = 1"), ("Tall", 'aspect-ratio = "9:16"', "out = 1")],
                                defaults='generate-audio = false',
                                film='size = "320x240"\nrate = "30000/1001"').replace(
                                    'aspect-ratio = "1:1"', 'aspect-ratio = "16:9"', 1))
        self.run_it(file, "--rehearse", "-o", self.film)
        seen = self.seen()
        self.assertEqual((seen["width"], seen["height"], seen["channels"]), (320, 240, 2))
        self.assertEqual(len(seen["frames"]), 60)
        self.assertEqual(seen["frames"][0]["pts"], 0)
        self.assertAlmostEqual(seen["frames"][30]["pts"], 30 * 1001 / 30000, places=3)

    def test_what_makes_no_sense(self):
        file = self.write(board(["One"]))
        bad = self.write("[[shot]]\nprompt = 5\n", "bad.toml")
        for words in ([], [file], [file, "more", "-o", "x.mp4"], [file, "-o", "x.avi"],
                      [file, "--shot", "0"], [file, "--shot", "2"], [file, "--shot", "x"],
                      [file, "--film", "--count", "-o", "x.mp4"], [file, "--nonsense"],
                      [file, "-o", "x.mp4", "--max-concurrent", "-1"], [bad, "--count"],
                      [self.home / "nowhere.toml", "--count"]):
            done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False,
                                  cwd=self.home)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("klingtext-storyboard: ", done.stderr)
        self.assertFalse(self.store.exists())

    def test_help_and_version(self):
        for locale in ("C", "C.UTF-8"):
            said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True,
                                  env=self.environment(LC_ALL=locale)).stdout
            self.assertIn("klingtext-storyboard [OPTION...] FILE", said)
        said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
        self.assertRegex(said, r"^klingtext-storyboard \d+\.\d+\.\d+\n$")

    def test_where_no_film_can_go_nothing_is_generated(self):
        file = self.write(board(["One"]))
        done = self.run_it(file, "--rehearse", "-o", self.home / "nowhere/film.mp4", status=1)
        self.assertIn("nowhere", done.err)
        self.assertFalse(self.store.exists())


main()
