#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ctrl-C in gst-launch-1.0 ends it while the service still holds its answer back, in every phase:
interrupted_launch.py SCRIPTED-SERVICE"""
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
from scripted import PATIENCE, Service, launch  # noqa: E402

# Phase: options of the service, of the source, and when it is there.
PHASES = {
    "submission": (["--submit-answers", "hold"], [], lambda c: c["submissions"] == 1),
    "poll": (["--poll-answers", "hold"], [], lambda c: c["polls"] == 1),
    "poll sleep": (["--poll-answers", "generation=queued"], ["poll-interval=60000"],
                   lambda c: c["accepted"] == 1),
    "clip": (["--clip-answers", "hold"], [], lambda c: c["clip_requests"] == 1),
    "clip body": (["--clip-answers", "hold-after=100"], [], lambda c: c["clip_bytes"] >= 100),
}
SINKS = {
    "filesink": ["!", "filesink", "location=/dev/null"],
    "decodebin3": ["!", "decodebin3", "!", "fakesink"],
    "queue": ["!", "queue", "!", "decodebin", "!", "fakesink"],
}


def interrupt(program, phase, sink):
    options, settings, is_there = PHASES[phase]
    with Service(program, *options) as service:
        process = launch(*service.source(*settings), *SINKS[sink])
        try:
            service.wait_for(is_there)
            process.send_signal(signal.SIGINT)
            # Never released: only a program that does not wait for the answer ends.
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError("it goes on after Ctrl-C") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        assert process.returncode in (0, 1), f"it ended with {process.returncode}: {output}"
        told = "waiting up to 3 s" in output
        # The service counts a submission before we have its answer.
        if phase != "poll sleep":
            assert told == (phase == "submission"), output
        assert service.counts()["submissions"] == 1


def main():
    failed = False
    for phase in PHASES:
        for sink in SINKS:
            if phase == "submission" and sink == "queue":
                continue  # three seconds each
            try:
                interrupt(sys.argv[1], phase, sink)
            except AssertionError as error:
                failed = True
                print(f"{phase}, {sink}: {error}")
    return 1 if failed else 0


sys.exit(main())
