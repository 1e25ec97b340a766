#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file system without hard links, a system without a thread to spare, a store whose parent folder is new,
and what ended processes left behind."""
import os
import signal
import sys
import time

sys.dont_write_bytecode = True
from stage import CUT_SHORT, Application, PayOnce, Run, Service, Store, main  # noqa: E402

DAY = 86400


class OddSystems(PayOnce):
    def test_without_hard_links(self):
        with Service() as service, Store(service.url) as store:
            runs = [Run(*one) for one in [store.begin(cut_short="no-links=1", cap=5) for _ in range(4)]]
            for run in runs:
                self.whole(run, service)
            self.assertEqual(service.submissions, 1)
            self.assertIn("5 s of the 5 s", store.run(cut_short="no-links=1", take=2, cap=5).error)
            self.whole(store.run(key=""), service)
            self.assertEqual(service.submissions, 1)

    def test_parent_folders_are_on_the_disk_before_the_submission(self):
        with Service() as service, Store(service.url) as store:
            log = store.home / "calls"
            self.whole(store.run(cut_short="count", calls=log), service)
            calls = [line.split() for line in log.read_text().splitlines()]
            synced = [call[2] for call in calls if call[1] in ("fsync", "fdatasync") and len(call) > 2]
            sent = next(i for i, call in enumerate(calls) if call[-1] == "started")
            before = {call[2] for call in calls[:sent] if call[1] == "fsync" and len(call) > 2}
            for folder in (store.path, store.path.parent, store.home):
                self.assertIn(os.path.realpath(folder), before, synced)

    def test_without_a_thread(self):
        ends = set()
        for number in range(1, 8):
            with self.subTest(thread=number), Service() as service, Store(service.url) as store:
                run = store.run(cut_short=f"no-thread={number}", cap=10)
                ends.add(run.status)
                # GLib ends the program where it is GLib's own thread.
                self.assertIn(run.status, (0, 1, -signal.SIGTRAP), run)
                self.assertLessEqual(service.submissions, 1)
                self.assertEqual(self.goes_on(store, service, 0, cap=10), 0)
                self.assertEqual(service.submissions, 1)
        self.assertIn(1, ends)

    def test_a_rehearsal_without_a_thread(self):
        for number in range(2, 12):  # the first one is GStreamer's
            with self.subTest(thread=number), Store("http://127.0.0.1:1/v2") as store:
                variables = {"LD_PRELOAD": str(CUT_SHORT), "CUT_SHORT": f"no-thread={number}"}
                with Application(store, 'klingtextsrc prompt="A white raccoon" rehearse=true ! fakesink',
                                 variables=variables) as application:
                    try:
                        application.do("play")
                        application.do("error")
                        application.do("null")
                        application.exit()
                    except AssertionError:
                        pass  # ended; how is what counts
                    application.process.wait()
                self.assertIn(application.process.returncode, (0, -signal.SIGTRAP))

    def test_drafts_of_ended_processes_are_removed(self):
        with Service() as service, Store(service.url) as store:
            self.whole(store.run(), service)
            drafts = store.path / "drafts"
            old, new = drafts / "old.tmp", drafts / "new.tmp"
            for draft in (old, new):
                draft.write_text("half")
            os.utime(old, (time.time() - 2 * DAY,) * 2)
            self.whole(store.run(key=""), service)
            self.assertEqual(list(drafts.iterdir()), [new])
            self.assertEqual(store.files(".lock"), [])


main()
