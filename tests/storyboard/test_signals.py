#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signals while a submission is answered: the id reaches the journal, and the next run follows it."""
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
from studio import PROGRAM, ScriptedTest, board, main, wait_for  # noqa: E402


class Signals(ScriptedTest):
    def setUp(self):
        super().setUp()
        # Under nohup(1) children would ignore it.
        self.addCleanup(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, signal.SIG_DFL))
        self.file = self.write(board(["A raccoon"], defaults="out = 0.5"))

    def serve(self):
        return self.service("--submit-answers", "normal+hold", "--always-submit", "normal" + self.SOON,
                            "--always-poll", "generation=completed")

    def held(self, service):
        """Until the submission is there and its answer is held back."""
        wait_for(lambda: self.counts(service)["submissions"] == 1)

    def resumes(self, service):
        done = self.run_it(self.file, "-o", self.film, "--json")
        self.assertEqual((done.end["submissions"], self.counts(service)["submissions"]), (0, 1))
        self.assertTrue(self.film.exists())

    def test_two_signals_during_a_submission(self):
        for first, second in ((signal.SIGHUP, signal.SIGHUP), (signal.SIGINT, signal.SIGINT),
                              (signal.SIGTERM, signal.SIGHUP)):
            with self.subTest(first=first, second=second):
                self.store = self.home / f"store-{first}-{second}"
                service = self.serve()
                process = self.begin(self.file, "-o", self.film)
                self.held(service)
                process.send_signal(first)
                process.send_signal(second)
                self.release(service)
                stopped = self.finish(process)
                self.assertEqual(stopped.status, 128 + first, stopped)
                self.resumes(service)
                self.film.unlink()

    def test_reader_that_leaves_stops_the_run(self):
        service = self.serve()
        process = self.begin(self.file, "-o", self.film)
        self.held(service)
        process.stdout.close()
        self.release(service)
        process.wait()
        process.stderr.close()
        self.assertEqual(process.returncode, 128 + signal.SIGPIPE)
        self.resumes(service)

    def test_ignored_hangup_stays_ignored(self):
        service = self.serve()
        process = self.begin(self.file, "-o", self.film,
                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.held(service)
        process.send_signal(signal.SIGHUP)
        self.release(service)
        done = self.finish(process)
        self.assertEqual(done.status, 0, done)

    def test_closed_standard_streams(self):
        service = self.service("--always-submit", "normal" + self.SOON, "--always-poll",
                               "generation=completed")
        command = [PROGRAM, self.file, "-o", self.film, "--json", "--store", self.store]
        shell = " ".join(f"'{word}'" for word in command) + " <&- >&- 2>&-"
        self.assertEqual(subprocess.run(["sh", "-c", shell], env=self.environment(), check=False,
                                        cwd=self.home).returncode, 0)
        for file in (path for path in self.store.rglob("*") if path.suffix == ".json"):
            self.assertNotIn('"event"', file.read_text(), file)
        self.resumes(service)

    def test_second_signal_bounds_the_stop(self):
        service = self.serve()
        process = self.begin(self.file, "-o", self.film)
        self.held(service)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGHUP)
        stopped = self.finish(process)  # the answer never comes
        self.assertEqual(stopped.status, 128 + signal.SIGTERM, stopped)
        self.assertIn("no answer yet", stopped.err)


main()
