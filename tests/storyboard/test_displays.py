#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person sees on a terminal, in a real one (tmux), and what a log and a program get."""
import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from studio import PROGRAM, Rehearsal, StudioTest, board, main, wait_for  # noqa: E402

SHOTS = ["A raccoon wakes up", "東京の夜、白いアライグマが走る " * 5, "It falls asleep\non a branch"]


def has_terminals():
    """tmux, and a system that lends it one: not every container and chroot has /dev/pts."""
    try:
        for end in os.openpty():
            os.close(end)
    except OSError:
        return False
    return shutil.which("tmux") is not None


class Terminal:
    """A terminal of a size, and the program in it."""

    def __init__(self, folder, columns, rows, command, environment):
        self.socket = str(Path(folder) / "tmux")
        variables = " ".join(f"{name}={shlex.quote(environment[name])}" for name in
                             ("AIMLAPI_BASE_URL", "AIMLAPI_API_KEY", "LC_ALL", "GST_REGISTRY", "HOME",
                              "NO_COLOR")
                             if name in environment)
        line = f"env {variables} {shlex.join(map(str, command))}; echo status $?; sleep 1000"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), line)

    def tmux(self, *words):
        return subprocess.run(["tmux", "-u", "-S", self.socket, *words], capture_output=True, text=True,
                              check=True, env={**os.environ, "TERM": "xterm", "SHELL": "/bin/sh"}).stdout

    def lines(self, *escapes):
        return [line.rstrip() for line in self.tmux("capture-pane", "-p", *escapes).splitlines()]

    def close(self):
        self.tmux("kill-server")


class Displays(StudioTest):
    def setUp(self):
        super().setUp()
        self.service = Rehearsal(self.home / "service", clips=self.clips)
        self.addCleanup(self.service.stop)
        self.url = self.service.url

    def terminal(self, rows, shots, **more):
        file = self.write(board(shots, defaults="out = 0.5"))
        terminal = Terminal(self.home, 80, rows, [PROGRAM, file, "-o", self.film, "--store", self.store],
                            self.environment(**more))
        self.addCleanup(terminal.close)
        return terminal

    @unittest.skipUnless(has_terminals(), "needs tmux and /dev/pts")
    def test_one_line_per_shot(self):
        terminal = self.terminal(20, SHOTS)
        seen = []

        def look():
            seen.append(terminal.lines())
            return any(line.startswith("status") for line in seen[-1])
        wait_for(look)
        during = [lines for lines in seen if any("generating" in line for line in lines)]
        self.assertTrue(during)
        for lines in during:
            self.assertRegex(lines[0], r"^SHOT  STATUS +TIME +COST  PROMPT$")
            self.assertEqual([line.split()[0] for line in lines[1:4]], ["1", "2", "3"])
            self.assertTrue(all("left" in line or "longer than usual" in line for line in lines[1:4]
                                if "generating" in line), lines)
            self.assertIn("3 shots: ", lines[4])
            self.assertFalse("".join(lines[5:]).replace("film: 0 %", ""))
        last = seen[-1]
        self.assertEqual(sum("SHOT" in line for line in last), 1, last)
        self.assertTrue(all("done" in line and "made in" in line for line in last[1:4]), last)
        self.assertIn("3 shots: 3 done; 3 submissions", last[4])
        self.assertIn("film.mp4: 2 s; its timeline for editors:", " ".join(last))
        self.assertIn("status 0", last)

    @unittest.skipUnless(has_terminals(), "needs tmux and /dev/pts")
    def test_colour(self):
        self.assertIn("\x1b[32mdone", self.screen_at_end())

    @unittest.skipUnless(has_terminals(), "needs tmux and /dev/pts")
    def test_no_colour_where_it_is_refused(self):
        self.assertNotIn("\x1b[32mdone", self.screen_at_end(NO_COLOR="1"))

    def screen_at_end(self, **environment):
        terminal = self.terminal(20, SHOTS, **environment)
        wait_for(lambda: any("status 0" in line for line in terminal.lines()))
        return "\n".join(terminal.lines("-e"))

    @unittest.skipUnless(has_terminals(), "needs tmux and /dev/pts")
    def test_a_low_terminal_shows_what_is_under_way(self):
        terminal = self.terminal(6, SHOTS + SHOTS)

        def look():
            lines = terminal.lines()
            self.assertLessEqual(sum("SHOT" in line for line in lines), 1, lines)
            return any(line.startswith("status 0") for line in lines)
        wait_for(look)
        self.assertIn("film.mp4: 3 s", " ".join(terminal.lines()))

    def test_plain_lines(self):
        file = self.write(board(SHOTS, defaults="out = 0.5"))
        out = self.run_it(file, "-o", self.film, environment=self.environment(TERM="xterm")).out
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\r", out)
        for number in (1, 2, 3):
            of_this = [re.match(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ shot {number}: (\w+)", line)
                       for line in out.splitlines()]
            words = [line.group(1) for line in of_this if line]
            self.assertEqual((words[0], words[-1]), ("submitting", "done"))
            self.assertEqual(len(words), len(set(words)), "a status was told twice")
        self.assertIn("film: ", out)

    def test_json_lines(self):
        file = self.write(board(SHOTS, defaults="out = 0.5"))
        done = self.run_it(file, "-o", self.film, "--json")
        self.assertEqual([event["event"] for event in done.events if event["event"] == "end"], ["end"])
        self.assertEqual(done.events[-1]["event"], "end")
        waiting = [event for event in done.events if event.get("status") == "generating"]
        self.assertTrue(all("seconds_left" in event for event in waiting))
        self.assertEqual({name: event["status"] for name, event in done.shots.items()},
                         {1: "done", 2: "done", 3: "done"})
        self.assertEqual(done.shots[3]["prompt"], SHOTS[2])
        self.assertTrue(all(Path(event["clip"]).is_file() for event in done.shots.values()))
        self.assertAlmostEqual(done.end["seconds"], 1.5)


main()
