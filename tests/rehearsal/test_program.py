#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klingtext-rehearsal as a program: its first line, its end, its command line."""

import os
import re
import signal
import subprocess
import sys

PROGRAM = sys.argv[1]


def start(*options):
    # Under AddressSanitizer, what GStreamer keeps to the end would count as an error, and with
    # GStreamer's leak tracer what it logs.
    return subprocess.Popen([PROGRAM, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0", "GST_DEBUG": ""})


def first_line_and_end(end, *options):
    service = start(*options)
    line = service.stdout.readline()
    service.send_signal(end)
    rest, errors = service.communicate()
    assert service.returncode == 0, (service.returncode, errors)
    assert rest == "", rest
    return line, errors


def main():
    for end in (signal.SIGINT, signal.SIGTERM):
        line, errors = first_line_and_end(end)
        assert re.fullmatch(r"listening on http://127\.0\.0\.1:\d+/v2\n", line), line
        assert errors == "", errors

    line, errors = first_line_and_end(signal.SIGTERM, "--address", "0.0.0.0")
    assert line.startswith("listening on http://0.0.0.0:"), line
    assert "can use this service" in errors, errors

    for options in (["--port", "65536"], ["--pace", "-1"], ["--nonsense"], ["extra"]):
        service = start(*options)
        out, errors = service.communicate()
        assert service.returncode == 2 and out == "" and errors != "", options

    service = start("--address", "192.0.2.1")
    out, errors = service.communicate()
    assert service.returncode == 1 and "192.0.2.1" in errors, errors


if __name__ == "__main__":
    main()
