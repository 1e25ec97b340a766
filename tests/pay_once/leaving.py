#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whoever leaves in the middle of a slow submission leaves its id in the journal, if the answer comes
in time; and if not, the journal says that there may be something."""
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from stage import PATIENCE, PayOnce, Service, Store, main, wait_for  # noqa: E402

ELEMENT = ["klingtextsrc", "prompt=A white raccoon", "poll-interval=10"]

APPLICATION = """
import os, sys
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
pipeline = Gst.parse_launch('klingtextsrc prompt="A white raccoon" poll-interval=10 ! fakesink')
pipeline.set_state(Gst.State.PLAYING)
print("playing", flush=True)
sys.stdin.readline()
if sys.argv[1] == "null":
    pipeline.set_state(Gst.State.NULL)
    pipeline = None
    print("null", flush=True)
    sys.stdin.readline()
"""


class Leaving(PayOnce):
    def setUp(self):
        self.service = Service("--submit-answers", "normal+hold")
        self.addCleanup(self.service.stop)
        self.store = Store(self.service.url)
        self.addCleanup(self.store.close)

    def submitted(self):
        wait_for(lambda: self.service.submissions == 1)
        self.assertEqual(self.store.entry()["state"], "intent")
        listed = self.store.journal("list")
        self.assertIn("submitting", listed.stdout)

    def attaches(self):
        entry = self.store.entry()
        self.assertTrue(entry["generation_id"])
        again = self.store.run()
        self.whole(again, self.service)
        self.assertEqual(again.generation_id, entry["generation_id"])
        self.assertEqual(self.service.submissions, 1)

    def test_ctrl_c(self):
        tool = self.store.begin_tool("gst-launch-1.0", *ELEMENT, "!", "fakesink")
        self.submitted()
        tool.send_signal(signal.SIGINT)
        time.sleep(0.5)  # the answer takes its time
        self.service.release()
        said, _ = tool.communicate(timeout=PATIENCE)
        self.assertIn("waiting up to 3 s for the service to answer", said)
        self.attaches()

    def test_ctrl_c_and_no_answer(self):
        tool = self.store.begin_tool("gst-launch-1.0", *ELEMENT, "!", "fakesink")
        self.submitted()
        tool.send_signal(signal.SIGINT)
        left = time.monotonic()
        said, _ = tool.communicate(timeout=PATIENCE)
        self.assertLess(time.monotonic() - left, 10)
        self.assertIn("may exist and be billed", said)
        self.service.release()
        self.assertIn("unknown", self.store.journal("list").stdout)
        again = self.store.run()
        self.refused_as_unknown(again, self.store)
        self.whole(self.store.run(resubmit=again.client_request_id), self.service)
        self.assertEqual(self.service.submissions, 2)

    def application(self, way):
        application = subprocess.Popen(
            [sys.executable, "-c", APPLICATION, way], env=self.store.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if application.stdout.readline() != "playing\n":
            said = application.communicate()[1]
            self.skipTest("no python3-gi: " + said.splitlines()[-1])
        self.submitted()
        application.stdin.write("\n")
        application.stdin.flush()
        return application

    def test_null_while_the_program_lives_on(self):
        application = self.application("null")
        self.assertEqual(application.stdout.readline(), "null\n")  # without waiting for the answer
        self.assertEqual(self.store.entry()["state"], "intent")
        self.service.release()
        wait_for(lambda: self.store.entry().get("generation_id"))
        application.communicate("\n", timeout=PATIENCE)
        self.attaches()

    def test_null_and_exit(self):
        application = self.application("null")
        self.assertEqual(application.stdout.readline(), "null\n")
        application.stdin.write("\n")
        application.stdin.flush()
        self.service.release()
        application.communicate(timeout=PATIENCE)
        self.attaches()

    def test_exit_without_null(self):
        application = self.application("exit")
        time.sleep(0.5)
        self.service.release()
        said = application.communicate(timeout=PATIENCE)[1]
        self.assertIn("waiting up to 3 s", said)
        self.attaches()


main()
