#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files of each library of the plugin, and of klingtext-journal, compile as one, as a unity build has them:
unity.py BUILD-DIR"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True
from sources import ROOT, finish  # noqa: E402


LIBRARIES = ("src/base/", "src/api/", "src/store/", "src/job/", "src/rehearsal/libklingtext_rehearsal.a.p", "gst/",
             "src/journal/klingtext-journal.p")


def libraries(build):
    """Files and one command line of each folder of objects in the plugin."""
    found = defaultdict(list)
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = Path(os.path.normpath(Path(entry["directory"]) / entry["file"]))
        if entry["output"].startswith(LIBRARIES):
            found[os.path.dirname(entry["output"])].append((file, shlex.split(entry["command"])))
    return found.values()


def main():
    build = Path(sys.argv[1])
    complaints = []
    checked = 0
    for files in libraries(build):
        if len(files) == 1:
            continue
        checked += 1
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unity:
            unity.write("".join(f'#include "{file}"\n' for file, _ in files))
            unity.flush()
            command = files[0][1]
            command = command[:command.index("-MD")] + ["-fsyntax-only", "-Wno-subobject-linkage", unity.name]
            done = subprocess.run(command, cwd=build, capture_output=True, text=True, check=False)
        if done.returncode:
            complaints.append(done.stderr)
    finish(complaints if checked else ["found no library in compile_commands.json"])


main()
