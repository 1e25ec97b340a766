#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A forked child holds no lock, waits for nothing and prints nothing."""
import os
import re
import signal
import sys

sys.dont_write_bytecode = True
from stage import Application, PayOnce, Run, Service, Store, main, wait_for  # noqa: E402

PIPELINE = 'klingtextsrc prompt="A white raccoon" poll-interval=10 ! fakesink'


class Forked(PayOnce):
    def test_parent_killed_while_it_submits(self):
        with Service("--submit-answers", "normal+hold") as service, Store(service.url) as store:
            child = self.orphan(store, lambda: service.submissions == 1)
            try:
                self.refused_as_unknown(store.run(), store)
            finally:
                os.kill(child, signal.SIGKILL)
            self.assertEqual(service.submissions, 1)

    def test_parent_killed_while_it_downloads(self):
        with Service("--clip-answers", "normal+hold-after=50000") as service, \
                Store(service.url) as store:
            child = self.orphan(store, lambda: service.counts()["clip_bytes"] >= 50000)
            try:
                self.whole(store.run(), service)
                self.assertEqual(store.files(".part"), [], "the clip was not resumed")
            finally:
                os.kill(child, signal.SIGKILL)
            self.assertEqual(service.submissions, 1)

    def forked_at_open(self, number, service, ready):
        """Forks right after the file is open and before it is locked."""
        with Store(service.url) as store:
            log = store.home / "calls"
            process, out = store.begin(cut_short=f"fork-at-open={number}", calls=log)
            wait_for(ready)
            child = int(re.search(r"^0 fork +(\d+)$", log.read_text(), re.MULTILINE)[1])
            process.kill()
            try:
                Run(process, out)
                again = store.run()
                if service.counts()["clip_bytes"] == 0:
                    self.refused_as_unknown(again, store)
                else:
                    self.whole(again, service)
                    self.assertEqual(store.files(".part"), [], "the clip was not resumed")
            finally:
                os.kill(child, signal.SIGKILL)
            self.assertEqual(service.submissions, 1)

    def test_forked_while_it_locks_the_request(self):
        with Service("--submit-answers", "normal+hold") as service:
            self.forked_at_open(1, service, lambda: service.submissions == 1)

    def test_forked_while_it_locks_the_clip(self):
        with Service("--clip-answers", "normal+hold-after=50000") as service:
            number = self.opening_of_the_clip()
            self.forked_at_open(number, service, lambda: service.counts()["clip_bytes"] >= 50000)

    def opening_of_the_clip(self):
        """Which of the lock files and growing clips it is that a run opens."""
        with Service() as service, Store(service.url) as store:
            log = store.home / "calls"
            self.whole(store.run(cut_short="count", calls=log), service)
            endings = re.findall(r"^\d+ openat64 +\S+\.(lock|part)$", log.read_text(), re.MULTILINE)
            return 1 + endings.index("part")

    def orphan(self, store, ready):
        """The child of an application that is killed once it is that far."""
        application = Application(store, PIPELINE)
        application.do("play")
        wait_for(ready)
        child = int(application.do("fork").split()[1])
        application.kill()
        return child

    def test_child_that_exits(self):
        with Service("--submit-answers", "normal+hold") as service, Store(service.url) as store:
            with Application(store, PIPELINE) as application:
                application.do("play")
                wait_for(lambda: service.submissions == 1)
                self.assertEqual(application.do("forked_exit"), "forked_exit 0")
                service.release()
                self.assertEqual(application.do("error"), "eos")
                application.do("null")
                self.assertEqual(application.exit(), "")
            self.whole(store.run(key=""), service)
            self.assertEqual(service.submissions, 1)


main()
