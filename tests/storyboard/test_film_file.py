#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The film's file: complete or absent, also when several runs cut the same film, and no temporary file is left."""
import fcntl
import os
import signal
import sys

sys.dont_write_bytecode = True
from studio import StudioTest, board, main, wait_for  # noqa: E402


class FilmFile(StudioTest):
    def setUp(self):
        super().setUp()
        self.file = self.write(board(["One", "Two"], defaults="out = 3"))
        for shot in (1, 2):
            self.run_it(self.file, "--rehearse", "--shot", shot)

    def beside(self):
        return sorted(path.name for path in self.home.iterdir() if path.name.startswith("."))

    def cut(self, **more):
        return self.begin(self.file, "--rehearse", "--film", "-o", self.film, **more)

    def test_two_runs_cut_the_same_film(self):
        runs = [self.cut(), self.cut()]
        for run in runs:
            done = self.finish(run)
            self.assertEqual(done.status, 0, done)
        self.assertEqual(len(self.seen()["frames"]), 144)
        self.assertEqual(self.beside(), [])

    def test_killed_run_leaves_a_file_that_the_next_removes(self):
        run = self.cut()
        wait_for(lambda: [name for name in self.beside() if name.endswith(".part")])
        run.send_signal(signal.SIGKILL)
        run.communicate()
        self.assertNotEqual(self.beside(), [])
        self.assertFalse(self.film.exists())
        self.assertEqual(self.finish(self.cut()).status, 0)
        self.assertEqual(self.beside(), [])

    def test_only_files_of_ended_runs_of_this_film_are_removed(self):
        living, ended, other = (self.home / f".{name}.part" for name in
                                ("film.mp4.living", "film.mp4.ended", "other.mp4.ended"))
        for file in (living, ended, other):
            file.write_text("x")
        with living.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.assertEqual(self.finish(self.cut()).status, 0)
        self.assertEqual(self.beside(), sorted([living.name, other.name]))

    def test_permissions_and_temporary_folder(self):
        # The folder for temporary files has no place for the film.
        done = self.finish(self.cut(environment=self.environment(TMPDIR=str(self.home / "nowhere")),
                                    preexec_fn=lambda: os.umask(0o027)))
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.film.stat().st_mode & 0o777, 0o640)


main()
